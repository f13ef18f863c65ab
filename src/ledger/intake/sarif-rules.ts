import type { Level, Result, Rule, RuleReference, Run } from './sarif-log.ts';

type Component = Run['tool']['driver'];
type Configuration = NonNullable<Rule['defaultConfiguration']>;

const LEVELS: readonly Level[] = ['error', 'warning', 'note', 'none'];

/** The rules of one run as its results name them, with what its invocations changed in their configuration. */
export class RunRules {
  readonly #run: Run;
  readonly #components: readonly Component[];
  readonly #byName = new Map<Component | undefined, Map<string, Rule>>();
  /** Of each invocation: what it overrides. */
  readonly #overrides: readonly ReadonlyMap<Rule, Configuration>[];

  constructor(run: Run) {
    this.#run = run;
    this.#components = [run.tool.driver, ...(run.tool.extensions ?? [])];
    for (const one of this.#components)
      for (const each of one.rules ?? []) {
        this.#name(one, each);
        this.#name(undefined, each);
      }
    this.#overrides = (run.invocations ?? []).map(({ ruleConfigurationOverrides }) => {
      const changed = (ruleConfigurationOverrides ?? []).flatMap(({ descriptor, configuration }) => {
        const itsRule = this.#find(descriptor);
        return itsRule === undefined ? [] : [[itsRule, configuration] as const];
      });
      return new Map(changed);
    });
  }

  /** The rule of a result. */
  of(result: Result): Rule | undefined {
    return this.#find({
      ...result.rule,
      id: result.ruleId ?? result.rule?.id,
      index: result.ruleIndex ?? result.rule?.index,
    });
  }

  /**
   * The level of a result's rule: as the invocation configured it that the result names, or as all of them did. Where they differ the
   * gravest counts; without any it is the rule's own, and `warning` by default (§3.27.10).
   */
  levelFor(result: Result, rule: Rule | undefined): Level {
    const own = rule?.defaultConfiguration?.level ?? 'warning';
    if (rule === undefined) return own;
    const named = this.#overrides[result.provenance?.invocationIndex ?? -1];
    const asked = named === undefined ? this.#overrides : [named];
    const levels = new Set(asked.length === 0 ? [own] : asked.map((one) => one.get(rule)?.level ?? own));
    return LEVELS.find((level) => levels.has(level)) ?? own;
  }

  /** Ids of the rules that were applied: those that some invocation had switched on, and those that a result names. */
  get applied(): ReadonlySet<string> {
    const on = this.#components.flatMap(({ rules }) => rules ?? []).filter((one) => this.#isOn(one));
    const used = (this.#run.results ?? []).flatMap((each) => each.ruleId ?? each.rule?.id ?? []);
    return new Set([...on.map(({ id }) => id), ...used]);
  }

  #isOn(rule: Rule): boolean {
    const own = rule.defaultConfiguration?.enabled !== false;
    if (this.#overrides.length === 0) return own;
    return this.#overrides.some((one) => one.get(rule)?.enabled ?? own);
  }

  /** By id, where `A/b/c` falls back to `A/b` and `A` (§3.52.4), by its GUID, or by its index in its component. */
  #find({ id, guid, index, toolComponent }: RuleReference): Rule | undefined {
    const component = this.#component(toolComponent);
    const named = this.#byName.get(toolComponent === undefined ? undefined : component);
    const parts = (id ?? '').split('/');
    for (let length = parts.length; length > 0; length -= 1) {
      const found = named?.get(parts.slice(0, length).join('/'));
      if (found !== undefined) return found;
    }
    return (guid === undefined ? undefined : named?.get(guid)) ?? component?.rules?.[index ?? -1];
  }

  #component(named: RuleReference['toolComponent']): Component | undefined {
    if (named === undefined) return this.#run.tool.driver;
    const byIndex = this.#run.tool.extensions?.[named.index ?? -1];
    if (byIndex !== undefined) return byIndex;
    if (named.guid === undefined && named.name === undefined) return this.#run.tool.driver;
    return this.#components.find(({ guid, name }) =>
      named.guid === undefined ? name === named.name : guid === named.guid,
    );
  }

  #name(component: Component | undefined, rule: Rule): void {
    const names = this.#byName.get(component) ?? new Map<string, Rule>();
    this.#byName.set(component, names);
    for (const name of [rule.id, rule.guid]) if (name !== undefined && !names.has(name)) names.set(name, rule);
  }
}
