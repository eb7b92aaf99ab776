use syn::LitStr;

use crate::diag::Mistakes;
use crate::names::{flaw, mended};

/// A name that is stored, of `what`, which is "event `X`".
pub(super) fn name(name: &LitStr, what: &str, key: &str, mistakes: &mut Mistakes) {
    let text = name.value();
    let Some(flaw) = flaw(&text) else {
        return;
    };
    let help = match mended(&text) {
        Some(mended) => format!("write `{key} = \"{mended}\"`"),
        None => format!("write a name, like `{key} = \"account\"`"),
    };
    mistakes.at(
        name,
        format!(
            "the name of {what} {flaw}\nexpected ASCII letters, digits, and any of `. _ - : /`\nhelp: {help}"
        ),
    );
}
