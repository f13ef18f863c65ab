import type { PlatformView } from '../../model/platform.ts';
import { textOf, type Configuration, type Resource } from '../../proofs/topology/evaluate/index.ts';
import { configurationsOf } from '../../proofs/topology/index.ts';
import { flag, refersTo } from '../../proofs/topology/read.ts';
import { factsWith, type Fact, type Holder } from './facts.ts';

/** Storage accounts of Azure, which encrypts all that they hold. Switches and defaults are those of the provider's versions 3 and 4. */
export function azureAccounts(view: PlatformView): Holder[] {
  return configurationsOf(view).flatMap((root) =>
    root
      .of('azurerm_storage_account')
      .filter(({ mode }) => mode === 'managed')
      .map((account) => ({
        id: account.address,
        facts: [keyOf(root, account), privacy(root, account), versioning(account), tls(account)],
      })),
  );
}

/** A fact about an account, with what mends it. */
const fact = factsWith({
  private: 'Set allow_nested_items_to_be_public to false.',
  versioned: 'Set versioning_enabled in blob_properties, and a management policy that ends old versions.',
  'tls-only': 'Leave https_traffic_only_enabled true.',
});

function keyOf(root: Configuration, account: Resource): Fact {
  const own =
    account.blocks('customer_managed_key')[0] ??
    root
      .of('azurerm_storage_account_customer_managed_key')
      .find((one) => refersTo(one, 'storage_account_id', account, 'id'));
  return own === undefined
    ? fact(account, 'key', 'no', "names no key, so Azure's own is used")
    : fact(account, 'key', 'yes', 'is encrypted by a key of the platform', own);
}

/** Containers may be opened to everybody unless the account forbids it, which it does not by default. */
function privacy(root: Configuration, account: Resource): Fact {
  const name =
    account.attribute('allow_blob_public_access') === undefined
      ? 'allow_nested_items_to_be_public'
      : 'allow_blob_public_access';
  const told = flag(account, name, true);
  if (!told.known)
    return fact(account, 'private', 'unknown', `leaves its containers open or not: ${told.because}`, told);
  if (!told.value) return fact(account, 'private', 'yes', 'lets no container be public', told);
  const open = containersOf(root, account).find(isPublic);
  return open === undefined
    ? fact(account, 'private', 'no', `does not set ${name} to false, so a container may be opened to everybody`, told)
    : fact(account, 'private', 'no', `has a container that is open to everybody, ${open.address}`, open);
}

function containersOf(root: Configuration, account: Resource): Resource[] {
  return root
    .of('azurerm_storage_container')
    .filter(
      (one) =>
        refersTo(one, 'storage_account_name', account, 'name') || refersTo(one, 'storage_account_id', account, 'id'),
    );
}

function isPublic(container: Resource): boolean {
  return /^(?:blob|container)$/.test(textOf(container.attribute('container_access_type')?.value ?? null) ?? '');
}

function versioning(account: Resource): Fact {
  const open = account.open('blob_properties');
  if (open !== undefined) return fact(account, 'versioned', 'unknown', `is versioned under a condition: ${open}`);
  const [block] = account.blocks('blob_properties');
  if (block?.attribute('versioning_enabled') === undefined)
    return { ...fact(account, 'versioned', 'no', 'keeps no versions', block), absent: true };
  const told = flag(block, 'versioning_enabled', false);
  if (!told.known) return fact(account, 'versioned', 'unknown', `is versioned or not: ${told.because}`, told);
  return told.value
    ? fact(account, 'versioned', 'yes', 'keeps versions', told)
    : fact(account, 'versioned', 'no', 'has versioning turned off', told);
}

function tls(account: Resource): Fact {
  const name =
    account.attribute('enable_https_traffic_only') === undefined
      ? 'https_traffic_only_enabled'
      : 'enable_https_traffic_only';
  const told = flag(account, name, true);
  if (!told.known) return fact(account, 'tls-only', 'unknown', `takes plain HTTP or not: ${told.because}`, told);
  return told.value
    ? fact(account, 'tls-only', 'yes', 'takes no plain HTTP', told)
    : fact(account, 'tls-only', 'no', `takes plain HTTP: ${name} is false`, told);
}
