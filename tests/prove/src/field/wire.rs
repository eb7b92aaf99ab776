//! The wire between the workers and the server, which can be cut in the middle of an answer or of a question.

use std::io;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use crate::random::Random;

/// Passes on everything, until it is cut.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    host: Arc<str>,
    port: Arc<AtomicU16>,
    connections: Arc<Mutex<Vec<Weak<Connection>>>>,
}

/// How many more bytes pass in each direction.
#[derive(Debug)]
struct Connection {
    answers: AtomicI64,
    questions: AtomicI64,
}

impl Wire {
    /// Lays a wire to a server. Answers the address through it, too.
    pub(crate) async fn to(url: &str) -> Result<(Self, String), String> {
        let server = PgConnectOptions::from_str(url).map_err(|error| error.to_string())?;
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .map_err(|error| error.to_string())?;
        let own = listener
            .local_addr()
            .map_err(|error| error.to_string())?
            .port();
        let wire = Wire {
            host: server.get_host().into(),
            port: Arc::new(AtomicU16::new(server.get_port())),
            connections: Arc::default(),
        };
        let (scheme, rest) = url.split_once("://").ok_or("the address has no host")?;
        let (authority, path) = rest.split_once('/').ok_or("the address has no database")?;
        let user = authority
            .rsplit_once('@')
            .map(|(user, _)| format!("{user}@"));
        let separator = if path.contains('?') { '&' } else { '?' };
        let through = format!(
            "{scheme}://{}127.0.0.1:{own}/{path}{separator}sslmode=disable",
            user.unwrap_or_default()
        );
        let accepting = wire.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let wire = accepting.clone();
                tokio::spawn(async move {
                    let _ = wire.pass(client).await;
                });
            }
        });
        Ok((wire, through))
    }

    /// From now on new connections go to another port.
    pub(crate) fn lead_to(&self, port: u16) {
        self.port.store(port, Ordering::SeqCst);
    }

    /// Cuts about half of the connections after a few more bytes. Answers how many.
    pub(crate) fn cut(&self, random: &mut Random) -> usize {
        let mut connections = self
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        connections.retain(|connection| connection.strong_count() > 0);
        let mut cut = 0;
        for connection in connections.iter().filter_map(Weak::upgrade) {
            if random.percent(50) {
                continue;
            }
            cut += 1;
            let bytes = random.below(400).cast_signed();
            if random.percent(75) {
                connection.answers.store(bytes, Ordering::SeqCst);
            } else {
                connection.questions.store(bytes, Ordering::SeqCst);
            }
        }
        cut
    }

    async fn pass(&self, client: TcpStream) -> io::Result<()> {
        let port = self.port.load(Ordering::SeqCst);
        let server = TcpStream::connect((&*self.host, port)).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let connection = Arc::new(Connection {
            answers: AtomicI64::new(i64::MAX),
            questions: AtomicI64::new(i64::MAX),
        });
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::downgrade(&connection));
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::select! {
            passed = copy(from_server, to_client, &connection.answers) => passed,
            passed = copy(from_client, to_server, &connection.questions) => passed,
        }
    }
}

/// Passes on what comes, as long as something may pass.
async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, left: &AtomicI64) -> io::Result<()> {
    let mut part = vec![0; 1 << 14];
    loop {
        let length = from.read(&mut part).await?;
        if length == 0 {
            return Ok(());
        }
        let may = left.load(Ordering::SeqCst);
        if may < i64::MAX {
            let passes = length.min(usize::try_from(may).unwrap_or_default());
            to.write_all(&part[..passes]).await?;
            if passes < length {
                return Ok(());
            }
            left.fetch_sub(i64::try_from(passes).unwrap_or_default(), Ordering::SeqCst);
            continue;
        }
        to.write_all(&part[..length]).await?;
    }
}
