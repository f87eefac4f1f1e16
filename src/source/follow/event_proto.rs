//! The messages of TensorBoard's event files, as far as scalars and texts need them.
//!
//! From `tensorboard/compat/proto/event.proto`, `summary.proto`, `tensor.proto` and `types.proto`. Texts are bytes here, so
//! that one that is not UTF-8 spoils no record. Plain data for any thread.

use prost::Message;

/// What happened at a step.
#[derive(Clone, PartialEq, Message)]
pub struct Event {
    /// Seconds since the Unix epoch.
    #[prost(double, tag = "1")]
    pub wall_time: f64,
    /// The step of the training.
    #[prost(int64, tag = "2")]
    pub step: i64,
    /// `brain.Event:2` in the first event of a file.
    #[prost(bytes = "vec", optional, tag = "3")]
    pub file_version: Option<Vec<u8>>,
    /// The values of this step.
    #[prost(message, optional, tag = "5")]
    pub summary: Option<Summary>,
}

/// The values of an event.
#[derive(Clone, PartialEq, Message)]
pub struct Summary {
    /// One for each tag.
    #[prost(message, repeated, tag = "1")]
    pub value: Vec<Value>,
}

/// The value of a tag.
#[derive(Clone, PartialEq, Message)]
pub struct Value {
    /// Names the series.
    #[prost(bytes = "vec", tag = "1")]
    pub tag: Vec<u8>,
    /// A scalar, as TensorFlow 1 and PyTorch write it.
    #[prost(float, optional, tag = "2")]
    pub simple_value: Option<f32>,
    /// A scalar as TensorFlow 2 writes it, or texts.
    #[prost(message, optional, tag = "8")]
    pub tensor: Option<Tensor>,
    /// What it is; only in the first value of a tag.
    #[prost(message, optional, tag = "9")]
    pub metadata: Option<Metadata>,
}

/// What a tag's values are.
#[derive(Clone, PartialEq, Message)]
pub struct Metadata {
    /// Which plug-in shows them.
    #[prost(message, optional, tag = "1")]
    pub plugin_data: Option<PluginData>,
}

/// A plug-in of TensorBoard's.
#[derive(Clone, PartialEq, Message)]
pub struct PluginData {
    /// `scalars`, `text`, `images`, …
    #[prost(bytes = "vec", tag = "1")]
    pub plugin_name: Vec<u8>,
}

/// Numbers or texts.
#[derive(Clone, PartialEq, Message)]
pub struct Tensor {
    /// The type of its elements, see [`Tensor::scalar`].
    #[prost(int32, tag = "1")]
    pub dtype: i32,
    /// The elements as they stood in memory, little endian.
    #[prost(bytes = "vec", tag = "4")]
    pub tensor_content: Vec<u8>,
    /// Half floats, as their bits.
    #[prost(int32, repeated, tag = "13")]
    pub half_val: Vec<i32>,
    /// Floats.
    #[prost(float, repeated, tag = "5")]
    pub float_val: Vec<f32>,
    /// Doubles.
    #[prost(double, repeated, tag = "6")]
    pub double_val: Vec<f64>,
    /// Whole numbers of up to 32 bits.
    #[prost(int32, repeated, tag = "7")]
    pub int_val: Vec<i32>,
    /// Texts.
    #[prost(bytes = "vec", repeated, tag = "8")]
    pub string_val: Vec<Vec<u8>>,
    /// Whole numbers of 64 bits.
    #[prost(int64, repeated, tag = "10")]
    pub int64_val: Vec<i64>,
    /// Truth values.
    #[prost(bool, repeated, tag = "11")]
    pub bool_val: Vec<bool>,
    /// Unsigned numbers of 32 bits.
    #[prost(uint32, repeated, tag = "16")]
    pub uint32_val: Vec<u32>,
    /// Unsigned numbers of 64 bits.
    #[prost(uint64, repeated, tag = "17")]
    pub uint64_val: Vec<u64>,
}

impl Tensor {
    /// The one number that it holds; none if it is no scalar or of a type that is no number.
    #[must_use]
    pub fn scalar(&self) -> Option<f64> {
        // The numbers of the types are those of `DataType` in types.proto.
        let bytes = self.tensor_content.as_slice();
        if !bytes.is_empty() {
            return match self.dtype {
                1 => bytes.try_into().ok().map(|b| f64::from(f32::from_le_bytes(b))),
                2 => bytes.try_into().ok().map(f64::from_le_bytes),
                3 => bytes.try_into().ok().map(|b| f64::from(i32::from_le_bytes(b))),
                4 | 10 => <[u8; 1]>::try_from(bytes).ok().map(|[b]| f64::from(b)),
                5 => bytes.try_into().ok().map(|b| f64::from(i16::from_le_bytes(b))),
                6 => bytes.try_into().ok().map(|b| f64::from(i8::from_le_bytes(b))),
                9 => bytes.try_into().ok().map(|b| i64::from_le_bytes(b) as f64),
                14 => bytes.try_into().ok().map(|b| bfloat16(u16::from_le_bytes(b))),
                17 => bytes.try_into().ok().map(|b| f64::from(u16::from_le_bytes(b))),
                19 => bytes.try_into().ok().map(|b| half(u16::from_le_bytes(b))),
                22 => bytes.try_into().ok().map(|b| f64::from(u32::from_le_bytes(b))),
                23 => bytes.try_into().ok().map(|b| u64::from_le_bytes(b) as f64),
                _ => None,
            };
        }
        match self.dtype {
            1 => only(&self.float_val).map(f64::from),
            2 => only(&self.double_val),
            3..=6 | 17 => only(&self.int_val).map(f64::from),
            9 => only(&self.int64_val).map(|value| value as f64),
            10 => only(&self.bool_val).map(|value| f64::from(u8::from(value))),
            14 => only(&self.half_val).map(|bits| bfloat16(bits as u16)),
            19 => only(&self.half_val).map(|bits| half(bits as u16)),
            22 => only(&self.uint32_val).map(f64::from),
            23 => only(&self.uint64_val).map(|value| value as f64),
            _ => None,
        }
    }
}

fn only<T: Copy>(values: &[T]) -> Option<T> {
    if let [value] = values { Some(*value) } else { None }
}

/// The upper half of a float.
fn bfloat16(bits: u16) -> f64 {
    f64::from(f32::from_bits(u32::from(bits) << 16))
}

/// A number of IEEE 754 binary16.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f64.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_of_each_type() {
        let content = |dtype, bytes: &[u8]| Tensor { dtype, tensor_content: bytes.to_vec(), ..Tensor::default() };
        for (tensor, value) in [
            (content(1, &1.5_f32.to_le_bytes()), Some(1.5)),
            (content(2, &0.1_f64.to_le_bytes()), Some(0.1)),
            (content(3, &(-7_i32).to_le_bytes()), Some(-7.0)),
            (content(9, &(1_i64 << 40).to_le_bytes()), Some(1_099_511_627_776.0)),
            (content(14, &0x3fc0_u16.to_le_bytes()), Some(1.5)),
            (content(19, &0xc200_u16.to_le_bytes()), Some(-3.0)),
            (content(19, &0x0001_u16.to_le_bytes()), Some(2_f64.powi(-24))),
            (content(1, &[0; 8]), None),
            (content(7, b"text"), None),
            (Tensor { dtype: 1, float_val: vec![0.25], ..Tensor::default() }, Some(0.25)),
            (Tensor { dtype: 1, float_val: vec![0.25, 0.5], ..Tensor::default() }, None),
            (Tensor { dtype: 2, double_val: vec![0.1], ..Tensor::default() }, Some(0.1)),
            (Tensor { dtype: 10, bool_val: vec![true], ..Tensor::default() }, Some(1.0)),
            (Tensor::default(), None),
        ] {
            assert_eq!(tensor.scalar(), value, "{tensor:?}");
        }
        assert_eq!(half(0x7c00), f64::INFINITY);
        assert!(half(0x7e00).is_nan());
    }
}
