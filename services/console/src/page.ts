/** The few elements of the page. Text from outside goes in as text, never as markup. */
export function element<K extends HTMLElement>(id: string): K {
  const found = document.querySelector<K>(`#${id}`);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

export function button(label: string, run: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.textContent = label;
  made.addEventListener('click', run);
  return made;
}

export function item(text: string, detail: string, ...rest: readonly Node[]): HTMLLIElement {
  const made = document.createElement('li');
  const small = document.createElement('small');
  small.textContent = detail;
  made.append(text, small, ...rest);
  return made;
}
