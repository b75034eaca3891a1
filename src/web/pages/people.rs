//! Everybody there is.

use crate::export::json::people_of;
use crate::export::markup::escaped;
use crate::web::pages::{Body, View, line};
use crate::web::response::Problem;

pub(super) fn page(view: &View<'_>) -> Result<Body, Problem> {
    let org = view.org;
    let mut body = Body::titled("People");
    let out = &mut body.main;
    out.push_str("<h1>People</h1>\n<div class=\"scroll\" role=\"region\" aria-label=\"Everybody\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">There</th><th scope=\"col\">Rotations</th><th scope=\"col\">Away</th></tr></thead>\n<tbody>\n");
    let of: Vec<_> = org.rotations.iter().map(|it| (it, people_of(it))).collect();
    for person in &org.people {
        let rotations = of.iter().filter(|(_, people)| people.contains(&person.id));
        let rotations: Vec<String> = rotations.map(|(it, _)| escaped(&it.name)).collect();
        let away = person.off.iter().find(|it| it.span.contains(view.at));
        let away = away.map(|it| format!("until {}", view.moment(it.span.end()))).unwrap_or_default();
        line(
            out,
            format_args!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{away}</td></tr>",
                view.person_link(person),
                escaped(&person.zone.date_time(view.at).format("%a %H:%M %Z").to_string()),
                rotations.join(", "),
            ),
        );
    }
    out.push_str("</tbody></table></div>\n");
    out.push_str(&view.feed(&crate::web::secret::Feed::Everything));
    Ok(body)
}
