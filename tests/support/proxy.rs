//! A wire between a store and its PostgreSQL server that counts what the store sends.

use std::sync::Arc;
use std::sync::Mutex;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};

/// What went over the wire since it was last asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Statements that were to be run, `BEGIN` and `COMMIT` among them.
    pub statements: u32,
    /// Statements that were to be prepared.
    pub preparations: u32,
    /// How often the answer to one or several of these was awaited.
    pub round_trips: u32,
    /// How often an answer to nothing was awaited: whether the connection is alive.
    pub pings: u32,
}

/// Passes on to a server and counts.
#[derive(Debug, Clone)]
pub struct Proxy {
    port: u16,
    sent: Arc<Mutex<Sent>>,
}

impl Proxy {
    /// A proxy of the server on the given port of 127.0.0.1.
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("a port").port();
        let sent = Arc::new(Mutex::new(Sent::default()));
        let proxy = Proxy { port, sent };
        let counting = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let counting = counting.clone();
                tokio::spawn(async move { counting.pass(client, server).await });
            }
        });
        proxy
    }

    /// The port on 127.0.0.1. Connect with `sslmode=disable`: what is encrypted cannot be counted.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What was sent since the last call.
    #[must_use]
    pub fn take(&self) -> Sent {
        std::mem::take(&mut *self.sent.lock().expect("no panic while counting"))
    }

    async fn pass(&self, client: TcpStream, server: u16) -> std::io::Result<()> {
        let server = TcpStream::connect(("127.0.0.1", server)).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let back = tokio::spawn(async move {
            let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        });
        // The first message has no type: a length, which counts itself, and the rest.
        let length = from_client.read_u32().await?;
        to_server.write_u32(length).await?;
        pass_rest(&mut from_client, &mut to_server, length).await?;
        let mut is_asked = false;
        while let Ok(kind) = from_client.read_u8().await {
            is_asked = self.count(kind, is_asked);
            let length = from_client.read_u32().await?;
            to_server.write_u8(kind).await?;
            to_server.write_u32(length).await?;
            pass_rest(&mut from_client, &mut to_server, length).await?;
        }
        back.abort();
        Ok(())
    }

    /// Answers whether the server has been asked for something that it answers at the next `Sync`. The kinds of messages
    /// are those of <https://www.postgresql.org/docs/current/protocol-message-formats.html>.
    fn count(&self, kind: u8, is_asked: bool) -> bool {
        let mut sent = self.sent.lock().expect("no panic while counting");
        match kind {
            b'P' => sent.preparations += 1,
            b'E' => sent.statements += 1,
            b'S' if is_asked => sent.round_trips += 1,
            b'S' => sent.pings += 1,
            b'Q' => {
                sent.statements += 1;
                sent.round_trips += 1;
            }
            _ => return is_asked,
        }
        matches!(kind, b'P' | b'E')
    }
}

async fn pass_rest(
    from: &mut OwnedReadHalf,
    to: &mut tokio::net::tcp::OwnedWriteHalf,
    length: u32,
) -> std::io::Result<()> {
    let mut rest = vec![0; length as usize - 4];
    from.read_exact(&mut rest).await?;
    to.write_all(&rest).await
}
