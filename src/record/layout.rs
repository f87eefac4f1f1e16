//! The description of a figure as a message of the log, see `docs/run-format.md`.

use crate::batch::{AxisLayout, Layout, SeriesId, SubplotLayout};

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct LayoutRecord {
    #[prost(string, tag = "1")]
    title: String,
    #[prost(uint32, tag = "2")]
    rows: u32,
    #[prost(uint32, tag = "3")]
    columns: u32,
    #[prost(message, repeated, tag = "4")]
    subplots: Vec<SubplotRecord>,
    #[prost(message, repeated, tag = "5")]
    places: Vec<PlaceRecord>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct SubplotRecord {
    #[prost(string, tag = "1")]
    title: String,
    #[prost(message, required, tag = "2")]
    x: AxisRecord,
    #[prost(message, required, tag = "3")]
    y: AxisRecord,
    #[prost(bool, tag = "4")]
    hides_legend: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct AxisRecord {
    #[prost(string, tag = "1")]
    label: String,
    #[prost(bool, tag = "2")]
    is_log: bool,
    #[prost(double, optional, tag = "3")]
    min: Option<f64>,
    #[prost(double, optional, tag = "4")]
    max: Option<f64>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct PlaceRecord {
    #[prost(uint32, tag = "1")]
    series: u32,
    #[prost(uint32, optional, tag = "2")]
    subplot: Option<u32>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct MarkRecord {
    #[prost(uint64, tag = "1")]
    pub number: u64,
}

impl From<&Layout> for LayoutRecord {
    fn from(layout: &Layout) -> Self {
        Self {
            title: layout.title.clone(),
            rows: layout.rows.into(),
            columns: layout.columns.into(),
            subplots: layout.subplots.iter().map(SubplotRecord::from).collect(),
            places: layout
                .places
                .iter()
                .map(|(series, subplot)| PlaceRecord { series: series.0, subplot: subplot.map(u32::from) })
                .collect(),
        }
    }
}

impl From<&SubplotLayout> for SubplotRecord {
    fn from(subplot: &SubplotLayout) -> Self {
        let SubplotLayout { title, x, y, hides_legend } = subplot;
        Self { title: title.clone(), x: x.into(), y: y.into(), hides_legend: *hides_legend }
    }
}

impl From<&AxisLayout> for AxisRecord {
    fn from(axis: &AxisLayout) -> Self {
        let (min, max) = axis.limits.unzip();
        Self { label: axis.label.clone(), is_log: axis.is_log, min, max }
    }
}

impl LayoutRecord {
    /// The description; none if it is not possible.
    pub fn into_layout(self) -> Option<Layout> {
        let place =
            |place: PlaceRecord| Some((SeriesId(place.series), place.subplot.map(u16::try_from).transpose().ok()?));
        Some(Layout {
            title: self.title,
            rows: u16::try_from(self.rows).ok()?,
            columns: u16::try_from(self.columns).ok()?,
            subplots: self.subplots.into_iter().map(SubplotLayout::from).collect(),
            places: self.places.into_iter().map(place).collect::<Option<_>>()?,
        })
    }
}

impl From<SubplotRecord> for SubplotLayout {
    fn from(record: SubplotRecord) -> Self {
        let SubplotRecord { title, x, y, hides_legend } = record;
        Self { title, x: x.into(), y: y.into(), hides_legend }
    }
}

impl From<AxisRecord> for AxisLayout {
    fn from(record: AxisRecord) -> Self {
        Self { label: record.label, is_log: record.is_log, limits: record.min.zip(record.max) }
    }
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    #[test]
    fn a_description_comes_back_as_it_was() {
        let axis = AxisLayout { label: "loss".into(), is_log: true, limits: Some((0.5, 2.0)) };
        let subplot = SubplotLayout { title: "training".into(), x: AxisLayout::default(), y: axis, hides_legend: true };
        let layout = Layout {
            title: "all".into(),
            rows: 2,
            columns: 3,
            subplots: vec![SubplotLayout::default(), subplot],
            places: vec![(SeriesId(7), Some(1)), (SeriesId(9), None)],
        };
        let bytes = LayoutRecord::from(&layout).encode_to_vec();
        assert_eq!(LayoutRecord::decode(&*bytes).unwrap().into_layout(), Some(layout));
        let impossible = LayoutRecord { rows: 70_000, ..LayoutRecord::default() };
        assert_eq!(impossible.into_layout(), None);
    }
}
