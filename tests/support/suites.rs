/// Makes of each contract test two: one on PostgreSQL, one on SQLite.
///
/// A test is an `async fn(&Database)`; each file lists its tests once. One that is not listed is dead code, which the
/// compiler reports.
#[macro_export]
macro_rules! contract {
    ($($test:ident),+ $(,)?) => {
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let database = $crate::postgres().await;
                super::$test(&database).await;
            })+
        }

        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let database = $crate::sqlite().await;
                super::$test(&database).await;
            })+
        }
    };
}
