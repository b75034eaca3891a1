//! Money: whole cents, and exact until they are rounded once.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

use crate::org::Pay;
use crate::people::Kind;

/// An amount in hundredths of the currency's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Money(pub i64);

impl Add for Money {
    type Output = Money;

    fn add(self, other: Money) -> Money {
        Money(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Money;

    fn sub(self, other: Money) -> Money {
        Money(self.0.saturating_sub(other.0))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(all: I) -> Money {
        all.fold(Money::default(), Add::add)
    }
}

impl fmt::Display for Money {
    /// `1234.50`, `-0.05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

/// What seconds and days of each kind come to, rounded once to the cent, half up.
pub(super) fn amount(pay: &Pay, seconds: &[i64; 5], days: &[u32; 3], percent: u32) -> Money {
    let mut sum: i128 = 0;
    for kind in Kind::ALL {
        let rate = match kind {
            Kind::Working => pay.hour.working,
            Kind::Evening => pay.hour.evening,
            Kind::Night => pay.hour.night,
            Kind::Weekend => pay.hour.weekend,
            Kind::Holiday => pay.hour.holiday,
        };
        sum += i128::from(seconds[kind.place()]) * i128::from(rate.ten_thousandths());
    }
    for (count, rate) in days.iter().zip([pay.day.weekday, pay.day.weekend, pay.day.holiday]) {
        sum += i128::from(*count) * i128::from(rate.ten_thousandths()) * 3600;
    }
    // Ten-thousandths of a unit, times seconds, times per cent, to cents.
    let (sum, unit) = (sum * i128::from(percent), 3600 * 100 * 100);
    Money(i64::try_from((2 * sum + unit) / (2 * unit)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::{DayRates, HourRates, Rate};

    #[test]
    fn an_amount_is_rounded_once() {
        let rate = |text| Rate::parse(text).unwrap();
        let hour = HourRates { night: rate("0.125"), weekend: rate("3.3333"), ..HourRates::default() };
        let day = DayRates { weekday: rate("20"), ..DayRates::default() };
        let pay = Pay { currency: "EUR".to_owned(), hour, day, secondary_percent: 50 };
        // One night hour: 0.125 is 0.13; three of them: 0.375 is 0.38, and not 3 × 0.13.
        assert_eq!(amount(&pay, &[0, 0, 3600, 0, 0], &[0; 3], 100).to_string(), "0.13");
        assert_eq!(amount(&pay, &[0, 0, 3 * 3600, 0, 0], &[0; 3], 100).to_string(), "0.38");
        // Half an hour of a weekend at half pay: 3.3333 / 4 = 0.833325.
        assert_eq!(amount(&pay, &[0, 0, 0, 1800, 0], &[0; 3], 50).to_string(), "0.83");
        assert_eq!(amount(&pay, &[0; 5], &[3, 0, 0], 100).to_string(), "60.00");
        assert_eq!(Money(-5).to_string(), "-0.05");
    }

    #[test]
    fn a_rate_is_read_exactly() {
        let read = |text| Rate::parse(text).map(Rate::ten_thousandths);
        assert_eq!(["12", "12.5", "0.0001", "1000000"].map(read), [120_000, 125_000, 1, 10_000_000_000].map(Some));
        assert_eq!(["", ".5", "1.", "1.00001", "-1", "1e3", "1000000.1", "1,5"].map(read), [None; 8]);
    }
}
