//! Curves that are drawn by several threads: the same shapes and pixels as by one.

#[cfg(test)]
mod tests {
    use kymograph::batch::{Batch, SeriesId, Xs};
    use kymograph::figure::series_layout::arrange_series;
    use kymograph::figure::{Dash, Figure, Join, Marker, SeriesStyle};
    use kymograph::render::draw::{DrawScratch, draw};
    use kymograph::render::frame::FrameSize;
    use kymograph::render::raster::Rasterizer;
    use kymograph::store::Store;

    const SIZE: FrameSize = FrameSize { width_px: 640, height_px: 480, scale: 1.0 };

    fn random() -> impl FnMut() -> f64 {
        let mut state = 88_172_645_463_325_252_u64;
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// Nine series of all kinds and lengths.
    fn rig() -> (Figure, Store) {
        let (mut figure, mut store, mut random) = (Figure::default(), Store::default(), random());
        for (id, count) in [30_000, 10, 45_000, 3, 200_000, 1000, 60_000, 0, 25_000].into_iter().enumerate() {
            let ys: Vec<f64> = (0..count).map(|i| if i % 997 == 500 { f64::NAN } else { random() }).collect();
            let xs = if id % 4 == 2 {
                Xs::Explicit((0..count).map(|_| random()).collect())
            } else {
                Xs::Steps { start: 0.0, step: 1.0 / count.max(1) as f64 }
            };
            let id = SeriesId(id as u32);
            store.append(Batch::new(id, 0, xs, ys).unwrap());
            figure.subplots[0].series.push(SeriesStyle {
                dash: if id.0 == 5 { Dash::Dashed } else { Dash::Solid },
                join: [Join::Line, Join::Steps, Join::Line, Join::Fill, Join::Points][id.0 as usize % 5],
                marker: if id.0 == 1 { Marker::Square } else { Marker::None },
                ..SeriesStyle::new(id)
            });
        }
        (figure, store)
    }

    #[test]
    fn shapes_and_pixels_are_the_same_however_many_threads_drew() {
        let (one, store) = rig();
        let snapshot = store.snapshot();
        let mut separate = one.clone();
        arrange_series(&mut separate, &snapshot, true);
        let (mut serial, mut shared) = (DrawScratch::serial(), DrawScratch::new());
        for figure in [&one, &separate, &one] {
            for _ in 0..3 {
                let (by_one, by_all) =
                    (draw(figure, &snapshot, SIZE, &mut serial), draw(figure, &snapshot, SIZE, &mut shared));
                assert_eq!(by_one.stats, by_all.stats);
                assert!(by_one.stats.in_view > 300_000 && by_one.scene.shapes.len() > 100);
                assert!(by_one == by_all, "the shapes differ");
                let pixels = |drawn: &kymograph::render::draw::Drawn| Rasterizer::new().scene(&drawn.scene, Vec::new());
                assert!(pixels(&by_one) == pixels(&by_all), "the pixels differ");
                serial.recycle(by_one);
                shared.recycle(by_all);
            }
        }
    }
}
