/** Calls of modules whose sources are not here: what their inputs say by themselves, and that the rest is not known. */
import type { At, Origin } from '../../model/origin.ts';
import type { Finding } from '../../model/result.ts';
import { parseCidr } from '../../model/cidr.ts';
import { isInternet } from '../../proofs/topology/index.ts';
import { elements, flag } from '../../proofs/topology/read.ts';
import { textOf, whyUnknown, type Body, type Configuration } from '../../proofs/topology/evaluate/index.ts';
import type { Cluster } from './elsewhere.ts';
import type { Judged } from './judged.ts';
import type { Door, Tiers } from './query.ts';

export interface UnreadCall {
  readonly address: string;
  readonly source: string;
  /** The input that gives what it makes an address of the internet's. */
  readonly public: At<string> | undefined;
  readonly origin: Origin;
}

/** Modules of the registry that make nothing with an address, and let nobody in anywhere. */
const WITHOUT_NETWORK =
  /^(?:registry\.[a-z.]+\/)?(?:[\w-]+\/[\w-]+\/(?!aws\b|awscc\b|google\b|google-beta\b|azurerm\b|azure\b)[\w-]+|terraform-aws-modules\/(?:acm|cloudwatch|dynamodb-table|ecr|eventbridge|iam|key-pair|kms|route53|s3-bucket|secrets-manager|sns|sqs|ssm-parameter)\/aws)(?:\/\/.*)?$/;

/** Calls whose sources are not here and that may make something of the network. */
export function unreadModules({ unread }: Configuration): UnreadCall[] {
  return unread
    .filter(({ source }) => !WITHOUT_NETWORK.test(source))
    .map(({ address, source, inputs, origin }) => {
      const told = flag(inputs, 'publicly_accessible', false);
      const isPublic = told.known && told.value;
      return {
        address,
        source,
        public: isPublic ? { value: 'publicly_accessible', origin: told.origin } : undefined,
        origin,
      };
    });
}

export function unreadFindings({ unread, subnets }: Tiers): Judged {
  const findings = unread.flatMap(({ address, public: told }): Finding[] =>
    told === undefined
      ? []
      : [
          {
            message: `${address} has an address of the internet's: ${told.value} is true`,
            severity: 'high',
            origin: told.origin,
            remediation: `Set ${told.value} to false, or place it inside a network.`,
          },
        ],
  );
  const unclear = unread.map(({ address, source, origin }) => ({
    because:
      subnets.length === 0
        ? `the network may lie in ${address}, whose source ${source} is not here`
        : `what ${address} makes and opens is not known: its source ${source} is not here`,
    origin,
  }));
  return { findings, unclear };
}

/** Names of rules of `terraform-aws-modules/security-group/aws` that open ports of administration or of databases (its `rules.tf`). */
const NAMED_RULES: Readonly<Record<string, Pick<Door, 'ports' | 'protocol'>>> = {
  'ssh-tcp': { ports: { from: 22, to: 22 }, protocol: 'tcp' },
  'rdp-tcp': { ports: { from: 3389, to: 3389 }, protocol: 'tcp' },
  'winrm-http-tcp': { ports: { from: 5985, to: 5985 }, protocol: 'tcp' },
  'winrm-https-tcp': { ports: { from: 5986, to: 5986 }, protocol: 'tcp' },
  ...Object.fromEntries(
    (
      [
        [1433, 'mssql-tcp'],
        [3306, 'mysql-tcp'],
        [5432, 'postgresql-tcp'],
        [6379, 'redis-tcp'],
        [9092, 'kafka-broker-tcp', 'kafka-tcp'],
        [9200, 'elasticsearch-rest-tcp', 'elasticsearch-tcp'],
        [27_017, 'mongodb-27017-tcp', 'mongodb-tcp'],
      ] as const
    ).flatMap(([port, ...names]) => names.map((name) => [name, { ports: { from: port, to: port }, protocol: 'tcp' }])),
  ),
  'all-tcp': { ports: { from: 0, to: 65_535 }, protocol: 'tcp' },
  'all-all': { ports: { from: 0, to: 65_535 }, protocol: 'all' },
};

const GROUP_MODULE =
  /^(?:registry\.[a-z.]+\/)?terraform-aws-modules\/security-group\/aws(?:\/\/modules\/(?<kind>[\w-]+))?$/;

/** What calls of `terraform-aws-modules/security-group/aws` let in from the internet, by its inputs. */
export function moduleDoors({ unread }: Configuration): Door[] {
  return unread.flatMap(({ address, source, inputs }) => {
    const found = GROUP_MODULE.exec(source);
    if (found === null) return [];
    const own = found.groups?.['kind'];
    // A module of its own for one service opens that one's ports.
    const names = [...textsOf(inputs, 'ingress_rules'), ...(own === undefined ? [] : [`${own}-tcp`])];
    const ranges = [...elements(inputs, 'ingress_cidr_blocks'), ...elements(inputs, 'ingress_ipv6_cidr_blocks')];
    const rules = names.flatMap((name) => NAMED_RULES[name] ?? []);
    return [
      ...ranges.flatMap(({ value, origin }) => doors(address, textOf(value) ?? '', rules, origin)),
      ...['ingress_with_cidr_blocks', 'ingress_with_ipv6_cidr_blocks'].flatMap((name) =>
        inputs.blocks(name).flatMap((rule) => ruleDoors(address, rule, ranges)),
      ),
    ];
  });
}

function textsOf(body: Body, name: string): string[] {
  return elements(body, name).flatMap(({ value }) => textOf(value) ?? []);
}

/** A rule by name or by its ports; ranges stand in one text between commas, and where there are none those of all rules are meant. */
function ruleDoors(address: string, rule: Body, all: readonly At<unknown>[]): Door[] {
  const field = (name: string): string => textOf(rule.attribute(name)?.value ?? null) ?? '';
  const [from, to, protocol] = [Number(field('from_port')), Number(field('to_port')), field('protocol')];
  const named = NAMED_RULES[field('rule')];
  const open = named ?? {
    ports: { from, to },
    protocol: protocol === '-1' || protocol === '' ? 'all' : protocol,
  };
  const written = field('cidr_blocks') || field('ipv6_cidr_blocks');
  const ranges = written === '' ? all.map(({ value }) => String(value)) : written.split(',');
  return ranges.flatMap((range) => doors(address, range.trim(), [open], rule.origin));
}

function doors(
  group: string,
  from: string,
  rules: readonly Pick<Door, 'ports' | 'protocol'>[],
  origin: Origin,
): Door[] {
  const block = parseCidr(from);
  if (block === undefined || !isInternet(block)) return [];
  return rules.map((rule) => ({ group, from, ...rule, origin }));
}

const CLUSTER_MODULE = /^(?:registry\.[a-z.]+\/)?terraform-aws-modules\/eks\/aws$/;

/**
 * The APIs of clusters that `terraform-aws-modules/eks/aws` makes, by its inputs: closed to the internet unless told otherwise, from version 19 on,
 * and then open to everybody unless ranges are named.
 */
export function moduleClusters({ unread }: Configuration): Cluster[] {
  return unread.flatMap(({ address, source, version, inputs, origin }): Cluster[] => {
    if (!CLUSTER_MODULE.test(source)) return [];
    const name = (plain: string): string => (inputs.attribute(plain) === undefined ? `cluster_${plain}` : plain);
    const isOld = /^[^\d]*(?:\d|1[0-8])\./.test(version ?? '');
    const told = flag(inputs, name('endpoint_public_access'), isOld);
    const stated = elements(inputs, name('endpoint_public_access_cidrs'));
    const open = stated.find(({ value }) => textOf(value) === undefined);
    if (!told.known) return [{ id: address, public: { because: told.because }, ranges: [], origin: told.origin }];
    if (told.value && open !== undefined)
      return [{ id: address, public: { because: whyUnknown(open.value) ?? '' }, ranges: [], origin: open.origin }];
    const ranges = stated.length === 0 ? ['0.0.0.0/0'] : textsOf(inputs, name('endpoint_public_access_cidrs'));
    const place = inputs.attribute(name('endpoint_public_access')) === undefined ? origin : told.origin;
    return [{ id: address, public: told.value ? 'yes' : 'no', ranges, origin: stated[0]?.origin ?? place }];
  });
}
