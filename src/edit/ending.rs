//! What ends: a layer, a rotation, an exception, somebody's time with us.

use crate::edit::moment::{in_row, of_layer};
use crate::edit::rows::Rows;
use crate::edit::turns::rows_of;
use crate::edit::{At, Desk, Ending, Refusal, Result};
use crate::org::{Holder, Node, Override, PersonId, Rotation, RotationId, Seat, SeatId, Shadow};
use crate::time::{Instant, Span, stamp};

/// What can be done where no handoff is.
const CUT: &str = "a date-time ends it between two handoffs";

impl Desk<'_> {
    pub(super) fn end(&mut self, what: Ending, at: At) -> Result<()> {
        match what {
            Ending::Rotation(rotation) => self.end_rotation(rotation, at),
            Ending::Layer(seat, layer) => {
                let strands = self.chosen(seat, &[layer])?;
                for mut strand in strands {
                    strand.layers = vec![layer];
                    let start = self.start(&strand, at, Some(CUT))?;
                    self.end_layers(seat, &[(layer, start)])?;
                }
                Ok(())
            }
            Ending::Row(rotation, line) => self.end_row(rotation, line, at),
            Ending::Person(person) => self.end_person(person, at),
        }
    }

    fn end_rotation(&mut self, id: RotationId, at: At) -> Result<()> {
        let mut last: Option<Instant> = None;
        for seat in [Seat::Primary, Seat::Secondary].map(|seat| SeatId { rotation: id, seat }) {
            if self.layers(seat).is_empty() {
                continue;
            }
            let strands = self.chosen(seat, &[])?;
            let strict = strands.len() == 1 && seat.seat == Seat::Primary;
            let mut ends = Vec::new();
            for strand in &strands {
                let start = self.start(strand, at, strict.then_some(CUT))?;
                ends.extend(strand.layers.iter().map(|it| (*it, start)));
                last = last.max(Some(start));
            }
            self.end_layers(seat, &ends)?;
        }
        let rotation = self.org.rotation(id);
        let Some(end) = last else {
            return Err(Refusal::new(format!("{} has ended already", rotation.key)).hint("there is nothing to end"));
        };
        self.end_exceptions(rotation, end, |_| true, |_| true)?;
        let routes = self.org.escalation.edges.iter().filter(|it| {
            let of = |node: &Node| matches!(node, Node::Seat(seat) if seat.rotation == id);
            it.from.rotation == id || of(&it.to)
        });
        if routes.count() > 0 {
            self.notes.push(format!(
                "escalation.toml still names {}: `dogwatch check` says what leads nowhere",
                rotation.key
            ));
        }
        Ok(())
    }

    /// Ends layers, each at its instant; those that have not begun go.
    fn end_layers(&mut self, seat: SeatId, ends: &[(usize, Instant)]) -> Result<()> {
        let all = self.layers(seat).to_vec();
        let mut ends = ends.to_vec();
        ends.sort_unstable_by_key(|(index, _)| std::cmp::Reverse(*index));
        let goes = |(index, end): &(usize, Instant)| *end <= all[*index].handoffs.start();
        let name = self.org.seat_name(seat);
        if ends.iter().filter(|it| goes(it)).count() == all.len() {
            let file = super::file_name(self.org, seat.rotation);
            return Err(Refusal::new(format!("nothing of {name} has begun: nothing of it would be left"))
                .hint(format!("delete `{file}`, or the seat in it, and what escalation.toml says of it")));
        }
        for (index, end) in ends {
            let layer = &all[index];
            if layer.until.is_some_and(|until| until <= end) {
                continue;
            }
            let until = of_layer(end, layer);
            let begun = layer.handoffs.start() < end;
            let sheet = self.sheet(seat.rotation)?;
            match begun {
                true => sheet.set(rows_of(seat), index, "until", &until, "from")?,
                false => sheet.remove(rows_of(seat), index)?,
            }
            self.touch(end, end);
            let when = self.told(end);
            self.done.push(match begun {
                true => format!("layer {} of {name} ends at {when}", index + 1),
                false => format!("layer {} of {name}, which has not begun, goes", index + 1),
            });
        }
        Ok(())
    }

    fn end_row(&mut self, id: RotationId, line: u32, at: At) -> Result<()> {
        let rotation = self.org.rotation(id);
        let here = |source: &crate::org::Source| source.file == rotation.source.file && source.line == line;
        for seat in [Seat::Primary, Seat::Secondary].map(|seat| SeatId { rotation: id, seat }) {
            if let Some(index) = self.layers(seat).iter().position(|it| here(&it.source)) {
                return self.end(Ending::Layer(seat, index), at);
            }
        }
        let end = self.end_of_row(rotation, at)?;
        if let Some(index) = own_overrides(rotation).position(|it| here(&it.source)) {
            let span = own_overrides(rotation).nth(index).map(|it| it.span).unwrap_or_else(|| super::ahead(self.now));
            return self.end_one(rotation, Rows::Overrides, index, span, end);
        }
        if let Some(index) = rotation.shadows.iter().position(|it| here(&it.source)) {
            return self.end_one(rotation, Rows::Shadows, index, rotation.shadows[index].span, end);
        }
        let file = super::file_name(self.org, id);
        let seats = [Seat::Primary, Seat::Secondary].map(|seat| self.layers(SeatId { rotation: id, seat }));
        let goes_on = |it: &&crate::org::Layer| it.until.is_none_or(|until| self.now < until);
        let layers = seats.into_iter().flatten().filter(goes_on).map(|it| it.source.line);
        let exceptions = own_overrides(rotation).map(|it| (it.source.line, it.span));
        let shadows = rotation.shadows.iter().map(|it| (it.source.line, it.span));
        let open = exceptions.chain(shadows).filter(|(_, span)| self.now < span.end()).map(|(line, _)| line);
        let lines: Vec<String> = layers.chain(open).map(|it| it.to_string()).collect();
        Err(Refusal::new(format!("no row begins on line {line} of {file}"))
            .hint(format!("rows that can end begin on {}", lines.join(", ")))
            .hint("`dogwatch show --format csv` names the line of every shift"))
    }

    /// When an exception ends that is to end.
    fn end_of_row(&self, rotation: &Rotation, at: At) -> Result<Instant> {
        let end = match at {
            At::Now | At::NextHandoff | At::AfterCycle => self.now,
            At::Day(day) => rotation.zone.start_of_day(day),
            At::Local(civil) => rotation.zone.resolve(civil),
            At::Instant(at) => at,
        };
        if end < self.now {
            return Err(Refusal::new(format!("{} is past: what has been stays", stamp(end, &rotation.zone)))
                .hint("leave `--at` out to end it now"));
        }
        Ok(end)
    }

    fn end_one(&mut self, rotation: &Rotation, rows: Rows, index: usize, span: Span, end: Instant) -> Result<()> {
        if span.end() <= end {
            let when = stamp(span.end(), &rotation.zone);
            return Err(Refusal::new(format!("it is over by then: it ends at {when}"))
                .hint("what has been stays; there is nothing to end"));
        }
        self.cut(rotation, rows, index, span, end)?;
        let what = if rows == Rows::Overrides { "override" } else { "shadow" };
        let when = self.told(end.max(span.start()));
        self.done.push(match span.start() < end {
            true => format!("the {what} in {} ends at {when}", rotation.key),
            false => format!("the {what} in {} that was to begin at {when} goes", rotation.key),
        });
        Ok(())
    }

    /// Ends a row of a span: cut short if it has begun by then, else taken out.
    fn cut(&mut self, rotation: &Rotation, rows: Rows, index: usize, span: Span, end: Instant) -> Result<()> {
        let until = in_row(end, &rotation.zone);
        self.touch(end.max(span.start()), span.end());
        let sheet = self.sheet(rotation.id)?;
        if end <= span.start() {
            sheet.remove(rows, index)?;
            return Ok(());
        }
        sheet.clear(rows, index, "through")?;
        sheet.set(rows, index, "until", &until, "from")?;
        Ok(())
    }

    /// Ends some of the overrides and shadows of a rotation.
    fn end_exceptions(
        &mut self,
        rotation: &Rotation,
        end: Instant,
        overrides: impl Fn(&Override) -> bool,
        shadows: impl Fn(&Shadow) -> bool,
    ) -> Result<()> {
        let rows: Vec<(Rows, usize, Span)> = own_overrides(rotation)
            .enumerate()
            .filter(|(_, it)| overrides(it))
            .map(|(index, it)| (Rows::Overrides, index, it.span))
            .chain(
                rotation
                    .shadows
                    .iter()
                    .enumerate()
                    .filter(|(_, it)| shadows(it))
                    .map(|(index, it)| (Rows::Shadows, index, it.span)),
            )
            .filter(|(.., span)| end < span.end())
            .collect();
        // From the last on: those that go do not move those before them.
        for (rows, index, span) in rows.into_iter().rev() {
            self.end_one(rotation, rows, index, span, end)?;
        }
        let assigned = rotation.overrides.iter().filter(|it| it.source.file != rotation.source.file);
        if assigned.filter(|it| end < it.span.end() && overrides(it)).count() > 0 {
            self.notes.push(format!("rows in assigned/{}.toml are a machine's: make them anew", rotation.key));
        }
        Ok(())
    }

    /// Where the ladders name somebody.
    pub(super) fn rungs(&self, person: PersonId) -> Vec<String> {
        let org = self.org;
        let key = &org.person(person).key;
        let named = org.escalation.edges.iter().filter(|it| it.to == Node::Person(person));
        named
            .map(|it| format!("`@{key}` still stands on a ladder, after {}: {}", org.seat_name(it.from), it.source))
            .collect()
    }

    fn end_person(&mut self, person: PersonId, at: At) -> Result<()> {
        let org = self.org;
        for rotation in &org.rotations {
            let turns = self.leave_turns(person, rotation.id, None, &[], at, None).map_err(|refusal| {
                let message = format!("{}: {}", rotation.key, refusal.message);
                Refusal { message, ..refusal }
            })?;
            let end = match turns {
                Some(end) => end,
                None => self.end_of_row(rotation, at)?,
            };
            let me = Holder::Person(person);
            self.end_exceptions(
                rotation,
                end,
                |it| it.holder == me || (it.instead_of == Some(person) && turns.is_some() && end <= it.span.start()),
                |it| it.person == person || it.with == Some(person),
            )?;
        }
        let rungs = self.rungs(person);
        if self.sheets.is_empty() {
            let mut refusal =
                Refusal::new(format!("{} takes no turns, stands in nowhere and learns nowhere", self.name(person)));
            match rungs.is_empty() {
                true => refusal.hints.push("there is nothing to end".to_owned()),
                false => refusal.hints.push("ladders are changed by hand".to_owned()),
            }
            refusal.hints.extend(rungs);
            return Err(refusal);
        }
        self.notes.extend(rungs);
        self.notes.push(format!("the past names {}: their table in people.toml stays", self.name(person)));
        Ok(())
    }
}

/// The overrides that stand in the rotation's own file, in its order.
pub(super) fn own_overrides(rotation: &Rotation) -> impl Iterator<Item = &Override> {
    rotation.overrides.iter().filter(|it| it.source.file == rotation.source.file)
}
