//! Rows by the million, for systems that have no fast way to store many events of their own.

use std::pin::Pin;

use futures_util::SinkExt;
use tokio_postgres::{Client, CopyInSink, NoTls};

/// How much is sent at once.
const CHUNK: usize = 1 << 18;

/// A `COPY .. FROM STDIN` in text form.
pub struct CopyIn {
    /// Held, because the copy ends with it.
    _client: Client,
    sink: Pin<Box<CopyInSink<bytes::Bytes>>>,
    text: String,
}

impl CopyIn {
    /// Begins a copy into `table(columns)`.
    pub async fn into(url: &str, table: &str) -> Result<Self, tokio_postgres::Error> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        let sink = client.copy_in(&format!("copy {table} from stdin")).await?;
        Ok(CopyIn {
            _client: client,
            sink: Box::pin(sink),
            text: String::new(),
        })
    }

    /// Adds a row.
    pub async fn row(&mut self, columns: &[&str]) -> Result<(), tokio_postgres::Error> {
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                self.text.push('\t');
            }
            for letter in column.chars() {
                match letter {
                    '\\' => self.text.push_str("\\\\"),
                    '\t' => self.text.push_str("\\t"),
                    '\n' => self.text.push_str("\\n"),
                    letter => self.text.push(letter),
                }
            }
        }
        self.text.push('\n');
        if self.text.len() < CHUNK {
            return Ok(());
        }
        self.flush().await
    }

    /// Ends the copy, and answers how many rows there are.
    pub async fn finish(mut self) -> Result<u64, tokio_postgres::Error> {
        self.flush().await?;
        self.sink.as_mut().finish().await
    }

    async fn flush(&mut self) -> Result<(), tokio_postgres::Error> {
        let text = std::mem::take(&mut self.text);
        self.sink.send(bytes::Bytes::from(text)).await
    }
}
