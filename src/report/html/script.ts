/**
 * What the page does beyond showing: filter the controls, open the entry that a link leads to, and bring forward what a
 * node of the picture talks to. Plain browser JavaScript in one string, so that its hash can stand in the page's policy.
 * Without it the page is whole; the filter stays hidden.
 */
export const SCRIPT = `
'use strict';
(() => {
  const form = document.querySelector('form.filter');
  const controls = [...document.querySelectorAll('details.control')];

  // Read once: a page may hold ten thousand rows, and each letter typed asks all of them.
  let known;
  const entries = () =>
    (known ??= controls.map((control) => ({
      control,
      title: control.querySelector('summary').textContent.toLowerCase(),
      rest: control.querySelector('details.rest'),
      items: [...control.querySelectorAll('.item[data-mark]')].map((item) => ({
        item,
        folded: item.closest('details.rest') !== null,
        text: item.textContent.toLowerCase(),
      })),
    })));

  const apply = () => {
    const text = form.elements.text.value.trim().toLowerCase();
    const marks = new Set(new FormData(form).getAll('mark'));
    let shown = 0;
    for (const { control, title, rest, items } of entries()) {
      let any = items.length === 0 && marks.has(control.dataset.marks) && title.includes(text);
      let anyFolded = false;
      const named = title.includes(text);
      for (const { item, folded, text: own } of items) {
        const fits = marks.has(item.dataset.mark) && (named || own.includes(text));
        if (item.hidden === fits) item.hidden = !fits;
        any ||= fits;
        anyFolded ||= fits && folded;
      }
      if (rest !== null) {
        rest.hidden = !anyFolded;
        rest.open = anyFolded && text !== '' && !named;
      }
      control.hidden = !any;
      if (any) shown += 1;
      if (any && text !== '') control.open = true;
    }
    for (const stage of document.querySelectorAll('.stage'))
      stage.hidden = stage.querySelector('details.control:not([hidden])') === null;
    form.querySelector('output').textContent =
      (shown === controls.length ? '' : shown + ' of ' + controls.length + ' controls shown') +
      (text === '' || form.dataset.left === '0' ? '' : '; ' + form.dataset.left + ' rows are in the JSON report only');
  };

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target === null || !target.matches('details.control')) return;
    target.hidden = false;
    target.open = true;
    target.scrollIntoView();
  };

  if (form !== null) {
    form.hidden = false;
    form.addEventListener('input', apply);
    form.addEventListener('submit', (event) => event.preventDefault());
    addEventListener('hashchange', reveal);
    reveal();
  }

  const picture = document.querySelector('svg.topology');
  if (picture === null) return;
  const focus = (id) => {
    const near = new Set([id]);
    for (const link of picture.querySelectorAll('.link')) {
      const on = link.dataset.from === id || link.dataset.to === id;
      link.classList.toggle('on', on);
      if (on) near.add(link.dataset.from).add(link.dataset.to);
    }
    for (const node of picture.querySelectorAll('.node')) node.classList.toggle('on', near.has(node.dataset.id));
    picture.classList.toggle('focused', id !== undefined);
  };
  for (const node of picture.querySelectorAll('.node')) {
    const enter = () => focus(node.dataset.id);
    const leave = () => focus(undefined);
    node.addEventListener('pointerenter', enter);
    node.addEventListener('pointerleave', leave);
    node.addEventListener('focus', enter);
    node.addEventListener('blur', leave);
    node.addEventListener('click', () => {
      if (form === null) return;
      form.elements.text.value = node.dataset.id;
      apply();
    });
  }
})();
`;
