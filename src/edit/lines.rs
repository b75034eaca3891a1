//! Two texts as a unified diff, as `git apply` and people read it.

use std::fmt::Write as _;

/// Lines that are shown around a change.
const AROUND: usize = 3;
/// How many pairs of lines are compared; beyond, all that differs is one block.
const MOST_PAIRS: usize = 4 << 20;

/// The diff of a file; empty if the texts are equal.
pub fn unified(name: &str, before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let steps = steps(&old, &new);
    if steps.iter().all(|it| matches!(it, Step::Keep)) {
        return String::new();
    }
    let mut out = format!("--- a/{name}\n+++ b/{name}\n");
    let changed: Vec<usize> =
        steps.iter().enumerate().filter(|(_, it)| !matches!(it, Step::Keep)).map(|(at, _)| at).collect();
    let mut next = 0;
    while next < changed.len() {
        let start = changed[next].saturating_sub(AROUND);
        let mut last = changed[next];
        while next < changed.len() && changed[next] <= last + 2 * AROUND {
            last = changed[next];
            next += 1;
        }
        let end = (last + 1 + AROUND).min(steps.len());
        hunk(&mut out, &steps, start..end, &old, &new);
    }
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Keep,
    Take,
    Put,
}

fn hunk(out: &mut String, steps: &[Step], range: std::ops::Range<usize>, old: &[&str], new: &[&str]) {
    let count = |steps: &[Step], not: Step| steps.iter().filter(|it| **it != not).count();
    let (mut from, mut to) = (count(&steps[..range.start], Step::Put), count(&steps[..range.start], Step::Take));
    let (lines, lines_now) = (count(&steps[range.clone()], Step::Put), count(&steps[range.clone()], Step::Take));
    // A side without lines is named by the line before.
    let start = |at: usize, lines: usize| if lines == 0 { at } else { at + 1 };
    let _ = writeln!(out, "@@ -{},{lines} +{},{lines_now} @@", start(from, lines), start(to, lines_now));
    for step in &steps[range] {
        let (mark, line) = match step {
            Step::Keep => (' ', old[from]),
            Step::Take => ('-', old[from]),
            Step::Put => ('+', new[to]),
        };
        from += usize::from(*step != Step::Put);
        to += usize::from(*step != Step::Take);
        let _ = write!(out, "{mark}{line}");
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// How the old lines become the new ones: the longest common subsequence between what both begin and end with.
fn steps(old: &[&str], new: &[&str]) -> Vec<Step> {
    let head = old.iter().zip(new).take_while(|(left, right)| left == right).count();
    let (old, new) = (&old[head..], &new[head..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(left, right)| left == right).count();
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
    let mut steps = vec![Step::Keep; head];
    if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        steps.extend(old.iter().map(|_| Step::Take));
        steps.extend(new.iter().map(|_| Step::Put));
    } else {
        let width = new.len() + 1;
        let mut common = vec![0_u32; (old.len() + 1) * width];
        for (i, left) in old.iter().enumerate().rev() {
            for (j, right) in new.iter().enumerate().rev() {
                common[i * width + j] = match left == right {
                    true => common[(i + 1) * width + j + 1] + 1,
                    false => common[(i + 1) * width + j].max(common[i * width + j + 1]),
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < old.len() || j < new.len() {
            let step = match (old.get(i), new.get(j)) {
                (Some(left), Some(right)) if left == right => Step::Keep,
                (Some(_), None) => Step::Take,
                (Some(_), Some(_)) if common[(i + 1) * width + j] >= common[i * width + j + 1] => Step::Take,
                _ => Step::Put,
            };
            i += usize::from(step != Step::Put);
            j += usize::from(step != Step::Take);
            steps.push(step);
        }
    }
    steps.extend(std::iter::repeat_n(Step::Keep, tail));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_is_as_git_writes_it() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\n";
        let after = "a\nb\nc\nD\nd\ne\nf\ng\nh\ni\nj\nk\nm\n";
        let expected =
            "--- a/x\n+++ b/x\n@@ -1,6 +1,7 @@\n a\n b\n c\n+D\n d\n e\n f\n@@ -9,5 +10,4 @@\n i\n j\n k\n-l\n m\n";
        assert_eq!(unified("x", before, after), expected);
        assert_eq!(unified("x", before, before), "");
        assert_eq!(
            unified("x", "a", "b\n"),
            "--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n"
        );
        assert_eq!(unified("x", "", "b\n"), "--- a/x\n+++ b/x\n@@ -0,0 +1,1 @@\n+b\n");
    }
}
