//! What a user reads who makes a mistake.
