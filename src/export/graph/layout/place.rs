//! How far down each item of a column stands.

/// Where things of these heights should stand, one below the other with a gap, each as near as can be to where it
/// wants to have its middle: least squares, by pooling those that would overlap.
pub(super) fn stack(heights: &[f64], gaps: &[f64], wanted: &[f64]) -> Vec<f64> {
    // Measured from its own place in a stack without air, each thing may only move down as one goes down.
    let mut offsets = Vec::with_capacity(heights.len());
    let mut offset = 0.0;
    for (index, height) in heights.iter().enumerate() {
        if index > 0 {
            offset += gaps[index - 1];
        }
        offsets.push(offset);
        offset += height;
    }
    // Pools: where they want to be together, how many they are.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (index, wanted) in wanted.iter().enumerate() {
        let mut pool = (wanted - heights[index] / 2.0 - offsets[index], 1);
        while let Some(last) = pools.last().filter(|it| it.0 > pool.0).copied() {
            pools.pop();
            let count = last.1 + pool.1;
            pool = ((last.0 * last.1 as f64 + pool.0 * pool.1 as f64) / count as f64, count);
        }
        pools.push(pool);
    }
    let moved = pools.iter().flat_map(|(at, count)| std::iter::repeat_n(*at, *count));
    moved.zip(&offsets).map(|(at, offset)| at + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_room_stands_where_it_wants_to() {
        assert_eq!(stack(&[10.0, 10.0], &[2.0], &[5.0, 105.0]), [0.0, 100.0]);
    }

    #[test]
    fn what_wants_the_same_place_shares_it() {
        // Middles at 44 and 56 lie as far from 50 as each other.
        assert_eq!(stack(&[10.0, 10.0], &[2.0], &[50.0, 50.0]), [39.0, 51.0]);
        assert_eq!(stack(&[10.0, 10.0], &[2.0], &[90.0, 10.0]), [39.0, 51.0], "the order holds");
    }

    #[test]
    fn nothing_is_stacked_nowhere() {
        assert_eq!(stack(&[], &[], &[]), [0.0; 0]);
    }
}
