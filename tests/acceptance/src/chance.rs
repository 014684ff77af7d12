//! Random, and the same again from one seed, which is printed.

/// xorshift64*: enough for choosing where to cut a stream.
pub struct Chance(u64);

impl Chance {
    /// From `WIDEAWAKE_SEED` if it is set, or else from the clock. Prints the seed.
    pub fn new() -> Self {
        let given = std::env::var("WIDEAWAKE_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| crate::now().timestamp_micros() as u64 | 1);
        println!("the same again: WIDEAWAKE_SEED={seed}");
        Self(seed.max(1))
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n.max(1)
    }

    pub fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| self.below(256) as u8).collect()
    }
}

impl Default for Chance {
    fn default() -> Self {
        Self::new()
    }
}
