use syn::{Expr, Pat, Path};

use crate::diag::Mistakes;
use crate::text::shown;

/// A function whose argument tells the type that it starts from: `key` is where it stands, `of` whose it is.
pub(super) fn function(function: &Expr, key: &str, of: &str, mistakes: &mut Mistakes) {
    match function {
        Expr::Paren(paren) => self::function(&paren.expr, key, of, mistakes),
        Expr::Group(group) => self::function(&group.expr, key, of, mistakes),
        Expr::Closure(closure) => self::closure(closure, key, of, mistakes),
        Expr::Path(path) if path.qself.is_none() => conversion(&path.path, key, of, mistakes),
        Expr::Lit(literal) => mistakes.at(
            literal,
            format!(
                "`{key}` of {of} expects a function, found `{}`\nhelp: write a path like `OldVersion::into_current`, or a closure `|old: OldVersion| ..`",
                shown(literal)
            ),
        ),
        _ => {}
    }
}

fn closure(closure: &syn::ExprClosure, key: &str, of: &str, mistakes: &mut Mistakes) {
    if closure.inputs.len() != 1 {
        mistakes.at(
            closure,
            format!(
                "the closure of `{key}` of {of} takes {} arguments, expected one\nhelp: write `|old: OldVersion| ..`",
                closure.inputs.len()
            ),
        );
        return;
    }
    let argument = &closure.inputs[0];
    if !matches!(argument, Pat::Type(_)) {
        let shown = shown(argument);
        mistakes.at(
            argument,
            format!(
                "the closure of `{key}` of {of} does not say what it starts from\nhelp: write the type of its argument: `|{shown}: OldVersion| ..`"
            ),
        );
    }
}

/// `From::from` leaves open from what.
fn conversion(path: &Path, key: &str, of: &str, mistakes: &mut Mistakes) {
    let mut last = path.segments.iter().rev();
    let (Some(function), Some(of_trait)) = (last.next(), last.next()) else {
        return;
    };
    let open = of_trait.arguments.is_none() && of_trait.ident == "From" && function.ident == "from"
        || of_trait.ident == "Into" && function.ident == "into";
    if open {
        mistakes.at(
            path,
            format!(
                "`{}` as `{key}` of {of} does not say what it starts from\nhelp: write `|old: OldVersion| old.into()`, or `<NewVersion as From<OldVersion>>::from`",
                shown(path)
            ),
        );
    }
}
