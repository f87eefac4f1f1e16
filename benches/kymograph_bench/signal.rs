//! The curves that are shown: a sine with noise, made anew and the same in every run.

use std::f64::consts::TAU;

/// Distance of two points in x.
pub const STEP: f64 = 0.1;

/// A generator of normal deviates (xorshift64* and Box-Muller): quick, and the same everywhere.
pub struct Noise {
    state: u64,
}

impl Noise {
    /// A generator that gives the same numbers for the same `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1 }
    }

    fn uniform(&mut self) -> f64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let bits = self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
        (bits as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// A number of mean 0 and deviation 1.
    pub fn next(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (TAU * self.uniform()).cos()
    }
}

/// x of `count` points from point `first` on.
pub fn xs(first: usize, count: usize) -> Vec<f64> {
    (first..first + count).map(|i| i as f64 * STEP).collect()
}

/// y of `count` points: ten periods of a sine, with noise of deviation 0.2.
pub fn ys(count: usize, phase: f64, seed: u64) -> Vec<f64> {
    let mut noise = Noise::new(seed);
    (0..count).map(|i| (10.0 * TAU * i as f64 / count as f64 + phase).sin() + 0.2 * noise.next()).collect()
}
