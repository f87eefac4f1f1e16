// Zoom, resize, save, toggle and clear at random for 20 s while data flow: nothing breaks, the job goes on.
import QtQuick
import QtTest
import Kymograph

Item {
    Main {
        id: main
    }

    TestCase {
        name: "Monkey"
        when: windowShown

        function initTestCase() {
            main.requestActivate()
            tryVerify(() => main.active)
        }

        // A fixed seed: the same walk every time.
        property int seed: 20260101
        function random(below) {
            seed = (seed * 1103515245 + 12345) & 0x7fffffff
            return (seed >> 8) % below
        }

        function test_random_requests() {
            const job = findChild(main, "job")
            const figure = findChild(main, "figure")
            const mouse = findChild(main, "figureMouse")
            const keys = [Qt.Key_H, Qt.Key_C, Qt.Key_V, Qt.Key_P, Qt.Key_O, Qt.Key_G, Qt.Key_L, Qt.Key_K, Qt.Key_Plus,
                          Qt.Key_Minus, Qt.Key_Left, Qt.Key_Right, Qt.Key_Escape]
            const file = "file:///tmp/kymograph-monkey-" + Date.now()
            job.start()
            tryVerify(() => job.workerProgress !== "")
            const until = Date.now() + 20000
            let steps = 0
            while (Date.now() < until) {
                const x = random(Math.max(1, mouse.width)), y = random(Math.max(1, mouse.height))
                switch (random(12)) {
                case 0:
                    mouseDrag(mouse, x, y, random(200) - 100, random(200) - 100, Qt.LeftButton)
                    break
                case 1:
                    mouseDrag(mouse, x, y, random(200) - 100, random(200) - 100, Qt.RightButton)
                    break
                case 2:
                    mouseWheel(mouse, x, y, 0, random(2) === 0 ? 120 : -120)
                    break
                case 3:
                    main.width = 480 + random(700)
                    main.height = 360 + random(500)
                    break
                case 4:
                    figure.save(file + ["a.png", "b.svg", "c.pdf"][random(3)])
                    break
                case 5:
                    findChild(main, "messagePanes").paneAt(random(3)).clear()
                    break
                case 6:
                    figure.hasCrosshair = !figure.hasCrosshair
                    mouseMove(mouse, x, y)
                    break
                case 7:
                    figure.isFollowing = !figure.isFollowing
                    break
                case 8:
                    figure.isSeparate = !figure.isSeparate
                    break
                case 9:
                    if (random(6) === 0)
                        job.togglePause()
                    break
                default:
                    findChild(main, "figureView").forceActiveFocus()
                    keyClick(keys[random(keys.length)])
                }
                ++steps
                wait(random(30))
            }
            verify(steps > 100, steps + " steps")
            if (job.state === Job.Paused)
                job.togglePause()
            tryCompare(job, "state", Job.Running, 2000)
            const frames = figure.frames
            figure.home()
            tryVerify(() => figure.frames > frames, 3000)
            job.stop()
            tryCompare(job, "isActive", false, 3000)
        }
    }
}
