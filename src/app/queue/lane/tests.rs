//! Unit tests of lanes: order, places, what does not belong there.

use std::collections::BTreeSet;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::app::job_kind::JobKind;
use crate::source::command::CommandOptions;

fn entry(name: &str) -> Entry {
    let options = CommandOptions { argv: vec!["true".into()], ..CommandOptions::default() };
    Entry::new(&JobKind::Command { name: Some(name.into()), options, watch: Box::default() }, None).unwrap()
}

fn lane() -> (tempfile::TempDir, Lane) {
    let home = tempfile::tempdir().unwrap();
    let lane = Lane::at(home.path().join("queue"));
    (home, lane)
}

/// The ids in order.
fn order(lane: &Lane) -> Vec<String> {
    lane.names().unwrap().into_iter().map(|name| name.id).collect()
}

#[test]
fn what_is_added_is_behind_and_private() {
    let (_home, lane) = lane();
    assert_eq!(order(&lane), Vec::<String>::new(), "a lane that is not there is empty");
    assert!(!lane.take_out("00000000").unwrap() && !lane.dir().exists(), "asking makes none");
    let (ids, before) = lane.add(&[entry("a"), entry("b")]).unwrap();
    assert_eq!((&order(&lane), before), (&ids, 0));
    let (more, before) = lane.add(&[entry("c")]).unwrap();
    assert_eq!((order(&lane), before), ([ids, more].concat(), 2));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(lane.dir()), 0o700);
    for name in lane.names().unwrap() {
        assert_eq!(mode(&lane.path(&name)), 0o600);
    }
}

#[test]
fn places_are_those_of_a_list_however_often_they_change() {
    let (_home, lane) = lane();
    let (mut wanted, _) = lane.add(&["a", "b", "c", "d", "e"].map(entry)).unwrap();
    // Always between the same two, until nothing lies between them; then at random.
    let mut chance = 7_u64;
    for turn in 0..300 {
        let (from, to) = match turn {
            0..100 => (4, 1),
            100..150 => (4, 0),
            _ => {
                chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                ((chance >> 33) as usize % 5, (chance >> 40) as usize % 7)
            }
        };
        let id = wanted.remove(from);
        wanted.insert(to.min(4), id.clone());
        assert!(lane.put(&id, to).unwrap());
        assert_eq!(order(&lane), wanted, "turn {turn}");
    }
    assert!(!lane.put("00000000", 0).unwrap(), "who is not there is not put anywhere");
    let (last, _) = lane.add(&[entry("f")]).unwrap();
    assert_eq!(order(&lane).last(), last.last(), "still the last one");
}

#[test]
fn one_that_is_refused_keeps_its_reason_until_it_is_put_elsewhere() {
    let (_home, lane) = lane();
    let (ids, _) = lane.add(&[entry("a"), entry("b")]).unwrap();
    let name = lane.names().unwrap().remove(0);
    lane.refuse(&name, "its directory\nis gone").unwrap();
    let refused = lane.names().unwrap().remove(0);
    assert!(refused.is_refused && refused.id == ids[0]);
    assert_eq!(lane.read(&refused).unwrap().1.unwrap(), "its directory\nis gone");
    assert_eq!(lane.add(&[entry("c")]).unwrap().1, 1, "it is before nobody");
    lane.put(&ids[0], 1).unwrap();
    assert!(lane.names().unwrap().iter().all(|name| !name.is_refused));
    // One that was taken out meanwhile does not come back.
    let name = lane.names().unwrap().remove(0);
    assert!(lane.take_out(&name.id).unwrap());
    lane.refuse(&name, "why").unwrap();
    assert!(!order(&lane).contains(&name.id));
}

#[test]
fn names_hostile_files_are_passed_over() {
    let (home, lane) = lane();
    let (ids, _) = lane.add(&[entry("good")]).unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(lane.dir().join(name), bytes).unwrap();
    put("0000000000000001-deadbee1.json", b"nonsense");
    put("0000000000000002-deadbee2.json", b"");
    put("0000000000000003-deadbee3.json", &b"[".repeat(1 << 20));
    put("notes.txt", b"mine");
    put("1-1.json", b"{}");
    put("+000000000000001-deadbee4.json", b"{}");
    put("ffffffffffffffff-DEADBEEF.json", b"{}");
    symlink("/etc/passwd", lane.dir().join("0000000000000004-deadbee5.json")).unwrap();
    fs::create_dir(lane.dir().join("0000000000000005-deadbee6.json")).unwrap();
    let big = File::create(lane.dir().join("0000000000000006-deadbee7.json")).unwrap();
    big.set_len(1 << 40).unwrap();
    // A pipe that nobody writes to.
    let pipe = lane.dir().join("0000000000000007-deadbee8.json");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    let read: Vec<_> = lane.names().unwrap().into_iter().filter(|name| lane.read(name).is_some()).collect();
    assert_eq!(read.iter().map(|name| &name.id).collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>());
    // The last place there is does not overflow.
    put("ffffffffffffffff-deadbee9.json", &entry("late").line().unwrap());
    let (more, _) = lane.add(&[entry("later")]).unwrap();
    assert!(lane.put(&more[0], 0).unwrap() && lane.put(&ids[0], 99).unwrap());
    assert_eq!(order(&lane)[0], more[0]);
    drop(home);
}

#[test]
fn a_directory_that_others_may_write_to_is_not_trusted() {
    let (_home, lane) = lane();
    lane.add(&[entry("a")]).unwrap();
    fs::set_permissions(lane.dir(), fs::Permissions::from_mode(0o770)).unwrap();
    for said in [lane.names().unwrap_err(), lane.add(&[entry("b")]).unwrap_err()] {
        assert!(matches!(&said, QueueError::Unsafe { .. }) && said.to_string().contains("chmod 700"), "{said}");
    }
}

#[test]
fn what_is_half_written_is_no_entry_and_goes() {
    let (_home, lane) = lane();
    lane.add(&[entry("a")]).unwrap();
    let half = lane.dir().join(".new-12345678");
    fs::write(&half, "{").unwrap();
    assert_eq!(order(&lane).len(), 1);
    lane.tidy().unwrap();
    assert!(!half.exists() && order(&lane).len() == 1);
}

/// second-window: two that add at once.
#[test]
fn second_window_adds_at_the_same_time_and_both_keep_their_order() {
    let (_home, lane) = lane();
    let add = |who: &str| -> Vec<String> {
        (0..40).flat_map(|n| lane.add(&[entry(&format!("{who}{n}")), entry(who)]).unwrap().0).collect()
    };
    let (one, two) = std::thread::scope(|scope| {
        let one = scope.spawn(|| add("one"));
        let two = scope.spawn(|| add("two"));
        (one.join().unwrap(), two.join().unwrap())
    });
    let all = order(&lane);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 160);
    for ids in [one, two] {
        let own: Vec<_> = all.iter().filter(|id| ids.contains(id)).cloned().collect();
        assert_eq!(own, ids);
    }
}

#[test]
fn one_process_at_most_works_a_lane_off() {
    let (_home, lane) = lane();
    lane.make().unwrap();
    assert!(!lane.is_served());
    let held = lane.serve().unwrap().unwrap();
    assert!(lane.is_served() && lane.serve().unwrap().is_none());
    drop(held);
    assert!(!lane.is_served() && lane.serve().unwrap().is_some());
}
