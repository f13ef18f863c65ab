-- Who rents, what is rented, and what runs on it. Times that pages go by have milliseconds, since that is what clients can give back.
GRANT USAGE ON SCHEMA public TO api, billing, relay, retention, revoker;

CREATE TABLE tenants (
  id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{1,64}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'closed')),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

-- The id is the subject of the identity provider.
CREATE TABLE users (
  id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_.:@-]{1,128}$'),
  tenant_id text NOT NULL REFERENCES tenants,
  email text CHECK (length(email) <= 320),
  name text CHECK (length(name) <= 200),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'closed')),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX users_tenant ON users (tenant_id, id);

CREATE TABLE nodes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$'),
  -- A single address, never a network: probes and terminals are pinned to it.
  address inet NOT NULL CHECK (masklen(address) = CASE family(address) WHEN 4 THEN 32 ELSE 128 END),
  agent_port integer NOT NULL DEFAULT 7443 CHECK (agent_port BETWEEN 1 AND 65535),
  region text NOT NULL CHECK (length(region) BETWEEN 1 AND 64),
  gpu_model text NOT NULL CHECK (length(gpu_model) BETWEEN 1 AND 64),
  gpu_count smallint NOT NULL DEFAULT 1 CHECK (gpu_count BETWEEN 1 AND 64),
  labels jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(labels) = 'object'),
  status text NOT NULL DEFAULT 'available' CHECK (status IN ('available', 'rented', 'cordoned', 'retired')),
  probed_at timestamptz,
  probe_outcome text CHECK (probe_outcome IN ('reachable', 'failed')),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX nodes_status ON nodes (status, id);

CREATE TABLE instances (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL REFERENCES tenants,
  user_id text NOT NULL REFERENCES users,
  node_id uuid NOT NULL REFERENCES nodes,
  region text NOT NULL,
  label text CHECK (length(label) BETWEEN 1 AND 128),
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'stopped', 'failed')),
  -- Millionths of the currency's main unit, for one second.
  price_micros integer NOT NULL CHECK (price_micros >= 0),
  currency char(3) NOT NULL DEFAULT 'EUR' CHECK (currency ~ '^[A-Z]{3}$'),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  ready_at timestamptz,
  ended_at timestamptz
);
CREATE INDEX instances_tenant ON instances (tenant_id, created_at DESC, id DESC);
-- One rental per node at a time.
CREATE UNIQUE INDEX instances_live_node ON instances (node_id) WHERE status IN ('pending', 'running');
CREATE INDEX instances_pending ON instances (region, created_at) WHERE status = 'pending';

CREATE TABLE labels (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL REFERENCES tenants,
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 128),
  created_by text NOT NULL REFERENCES users,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, label)
);

-- One line per ticket that was handed out; the shell itself is the gateway's business.
CREATE TABLE terminal_sessions (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenants,
  user_id text NOT NULL REFERENCES users,
  node_id uuid NOT NULL REFERENCES nodes,
  request_id text,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX terminal_sessions_age ON terminal_sessions (created_at);

GRANT SELECT, INSERT, UPDATE ON tenants, users, nodes, instances TO api;
GRANT SELECT, INSERT ON labels, terminal_sessions TO api;
GRANT SELECT ON tenants, instances TO billing;
GRANT SELECT, DELETE ON terminal_sessions TO retention;
