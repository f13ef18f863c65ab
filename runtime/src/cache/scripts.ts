/** The text under a key, nothing where something else stands there; and the `ver` of an entry, nothing of what `parseEntry` takes for none. */
const ENTRIES = `
local function text_of(key)
  local kept = redis.pcall('GET', key)
  return type(kept) == 'string' and kept
end
local function ver_of(text)
  local ok, entry = pcall(cjson.decode, text)
  if not ok or type(entry) ~= 'table' then return nil end
  for _, name in ipairs({'storedAt', 'freshUntil', 'staleUntil', 'ver'}) do
    local one = entry[name]
    if type(one) ~= 'number' or one - one ~= 0 then return nil end
  end
  return entry.ver < 9007199254740991 and entry.ver or nil
end`;

/**
 * Takes the lease of a key for one process, unless somebody has refreshed the value since it was read: then answers that. KEYS: value, lease.
 * ARGV: token, ms, ver that was read. 1 taken, 0 held by another, or the newer value.
 */
export const TAKE_LEASE = `${ENTRIES}
local present = text_of(KEYS[1])
local ver = present and ver_of(present)
if ver and ver > tonumber(ARGV[3]) then return present end
return redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0`;

/**
 * Writes a value if the lease is still ours, and gives it back. A process that slept beyond its lease, or whose key was invalidated, is fenced
 * out here, where the write happens. KEYS: value, lease. ARGV: token, value, ms to live, ver. 1 written, 0 refused.
 */
export const STORE = `${ENTRIES}
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
local present = text_of(KEYS[1])
local ver = present and ver_of(present)
if ver and ver >= tonumber(ARGV[4]) then
  redis.call('DEL', KEYS[2])
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[2])
return 1`;

/** After a load that failed: keeps the lease a little as a pause for everybody. KEYS: lease. ARGV: token, ms. */
export const COOL_DOWN = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;
