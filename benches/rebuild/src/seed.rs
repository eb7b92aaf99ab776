//! Events by the million, made by the database itself.

use sqlx::{Connection, Executor, PgConnection};

/// Makes events in streams that take turns, and answers the sum of all balances.
pub(crate) async fn seed(url: &str, events: i64, streams: i64) -> Result<i64, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query(
        "insert into annals.events (position, tenant, stream, version, event_id, event_type, schema_version, payload,
                                    recorded_at, occurred_at)
         select nextval('annals.event_position'), '', 'account-' || n % $2, n / $2 + 1, gen_random_uuid(),
                case when n < $2 then 'account.opened' when n % 3 = 0 then 'money.withdrawn' else 'money.deposited' end, 1,
                case when n < $2 then json_build_object('owner', 'owner ' || n)
                     else json_build_object('cents', n % 1000, 'note', 'entry number ' || n) end,
                timestamptz '2024-01-01' + n * interval '1 second', timestamptz '2024-01-01' + n * interval '1 second'
         from generate_series(0, $1 - 1) as n",
    )
    .bind(events)
    .bind(streams)
    .execute(&mut connection)
    .await?;
    connection
        .execute(
            "insert into annals.streams (tenant, stream, aggregate, version, recorded_at)
             select tenant, stream, 'account', max(version), max(recorded_at) from annals.events group by tenant, stream",
        )
        .await?;
    connection.execute("vacuum analyze").await?;
    connection.execute("checkpoint").await?;
    let total = sqlx::query_scalar(
        "select coalesce(sum(case event_type when 'money.deposited' then (payload ->> 'cents')::bigint
                                             when 'money.withdrawn' then -(payload ->> 'cents')::bigint else 0 end), 0)::bigint
         from annals.events",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    Ok(total)
}
