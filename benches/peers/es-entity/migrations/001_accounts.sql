create table accounts (id uuid primary key, created_at timestamptz not null);

create table account_events (
    id uuid not null references accounts(id),
    sequence int not null,
    event_type varchar not null,
    event jsonb not null,
    context jsonb default null,
    recorded_at timestamptz not null,
    unique(id, sequence)
);

create table account_snapshots (
    id uuid primary key references accounts(id),
    sequence int not null,
    fingerprint bigint not null,
    snapshot jsonb not null,
    first_recorded_at timestamptz not null,
    recorded_at timestamptz not null
);
