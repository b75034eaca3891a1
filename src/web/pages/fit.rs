//! What past episodes say, where a history is loaded.

use crate::web::pages::{Body, View, line};
use crate::web::response::Problem;

pub(super) fn page(view: &View<'_>) -> Result<Body, Problem> {
    let Some(past) = &view.site.state.fit else {
        return Err(Problem::missing("no history is loaded")
            .hint("start the server with `--history FILE --mapping MAPPING`: docs/serve.md"));
    };
    let mut body = Body { wide: true, ..Body::titled(format!("Fit: {}", past.title)) };
    line(&mut body.main, format_args!("<div class=\"fit\">\n{}</div>", past.report));
    Ok(body)
}
