<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Kymograph</source>
        <translation>Über Kymograph</translation>
    </message>
    <message>
        <source>Kymograph %1

Shows long background computations live: their curves, progress and printed output.

Licence: MIT or Apache-2.0</source>
        <translation>Kymograph %1

Zeigt lange Berechnungen im Hintergrund, während sie laufen: ihre Kurven, ihren Fortschritt und ihre Ausgaben.

Lizenz: MIT oder Apache-2.0</translation>
    </message>
</context>
<context>
    <name>ClosingDialog</name>
    <message>
        <source>Still running: %1</source>
        <translation>Läuft noch: %1</translation>
    </message>
    <message>
        <source>It can go on without a window. Its output and its curves are recorded, and Kymograph shows all of them when you open it again.</source>
        <translation>Es kann ohne Fenster weiterlaufen. Ausgabe und Kurven werden aufgezeichnet, und Kymograph zeigt sie alle, wenn Sie es wieder öffnen.</translation>
    </message>
    <message>
        <source>Do not ask again</source>
        <translation>Nicht mehr fragen</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Abbrechen</translation>
    </message>
    <message>
        <source>S&amp;top it</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Leave it running</source>
        <translation>&amp;Weiterlaufen lassen</translation>
    </message>
</context>
<context>
    <name>CommandDialog</name>
    <message>
        <source>Run a command</source>
        <translation>Einen Befehl ausführen</translation>
    </message>
    <message>
        <source>Command, as in a terminal</source>
        <translation>Befehl wie in einem Terminal</translation>
    </message>
    <message>
        <source>Name (by default the first words)</source>
        <translation>Name (sonst die ersten Wörter)</translation>
    </message>
    <message>
        <source>With curves of the processor time and memory that it uses</source>
        <translation>Mit Kurven der Prozessorzeit und des Speichers, die er braucht</translation>
    </message>
    <message>
        <source>Numbers in its output become curves, for example  loss=0.25  It goes on when this window is closed. In the queue it starts when those before it have ended.</source>
        <translation>Zahlen in seiner Ausgabe werden zu Kurven, zum Beispiel  loss=0.25  Er läuft weiter, wenn dieses Fenster geschlossen wird. In der Warteschlange beginnt er, wenn die vor ihm zu Ende sind.</translation>
    </message>
    <message>
        <source>&amp;Run now</source>
        <translation>&amp;Jetzt ausführen</translation>
    </message>
    <message>
        <source>Add to the &amp;queue</source>
        <translation>In die &amp;Warteschlange</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Abbrechen</translation>
    </message>
</context>
<context>
    <name>CursorTable</name>
    <message>
        <source>Curve</source>
        <translation>Kurve</translation>
    </message>
    <message>
        <source>A  %1</source>
        <translation>A  %1</translation>
    </message>
    <message>
        <source>B  %1</source>
        <translation>B  %1</translation>
    </message>
    <message>
        <source>Δ  %1</source>
        <translation>Δ  %1</translation>
    </message>
    <message>
        <source>Take the cursors away</source>
        <translation>Zeiger entfernen</translation>
    </message>
</context>
<context>
    <name>CurvesPopup</name>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>Exponential average without bias, as in TensorBoard; the curve as measured stays behind it</source>
        <translation>Exponentieller Mittelwert ohne Verzerrung wie in TensorBoard; die gemessene Kurve bleibt dahinter stehen</translation>
    </message>
    <message>
        <source>Median of</source>
        <translation>Median über</translation>
    </message>
    <message>
        <source>Samples of the running median; 1 for none</source>
        <translation>Werte des gleitenden Medians; 1 für keinen</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>Werte</translation>
    </message>
    <message>
        <source>Along x</source>
        <translation>Entlang x</translation>
    </message>
    <message>
        <source>Step, or what the curves have</source>
        <translation>Schritt oder was die Kurven haben</translation>
    </message>
    <message>
        <source>Time since the start</source>
        <translation>Zeit seit dem Beginn</translation>
    </message>
    <message>
        <source>Time of day</source>
        <translation>Uhrzeit</translation>
    </message>
    <message>
        <source>What stands along x</source>
        <translation>Was entlang x steht</translation>
    </message>
    <message>
        <source>All subplots show the same part of x</source>
        <translation>Alle Diagramme zeigen denselben Teil von x</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Right-hand axis</source>
        <translation>Rechte Achse</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation>%1 zeigen</translation>
    </message>
    <message>
        <source>%1 on the right-hand axis</source>
        <translation>%1 an der rechten Achse</translation>
    </message>
    <message>
        <source>On the right-hand axis</source>
        <translation>An der rechten Achse</translation>
    </message>
    <message>
        <source>&amp;Load layout…</source>
        <translation>Anordnung &amp;laden …</translation>
    </message>
    <message>
        <source>Sa&amp;ve layout…</source>
        <translation>Anordnung &amp;speichern …</translation>
    </message>
</context>
<context>
    <name>DetailsDialog</name>
    <message>
        <source>Why the job failed</source>
        <translation>Warum der Job fehlgeschlagen ist</translation>
    </message>
</context>
<context>
    <name>FigureMenu</name>
    <message>
        <source>Pin cursor &amp;A here</source>
        <translation>Zeiger &amp;A hier setzen</translation>
    </message>
    <message>
        <source>Pin cursor &amp;B here</source>
        <translation>Zeiger &amp;B hier setzen</translation>
    </message>
    <message>
        <source>Take the &amp;cursors away</source>
        <translation>&amp;Zeiger entfernen</translation>
    </message>
    <message>
        <source>Write a &amp;note…</source>
        <translation>&amp;Notiz schreiben …</translation>
    </message>
    <message>
        <source>Mark this &amp;x…</source>
        <translation>Dieses &amp;x markieren …</translation>
    </message>
    <message>
        <source>&amp;Remove notes and marks</source>
        <translation>Notizen und Marken &amp;entfernen</translation>
    </message>
</context>
<context>
    <name>FigureTabBar</name>
    <message>
        <source>Close the tab</source>
        <translation>Reiter schließen</translation>
    </message>
    <message>
        <source>Ctrl+W</source>
        <translation>Strg+W</translation>
    </message>
</context>
<context>
    <name>FigureView</name>
    <message>
        <source>Figure of %1</source>
        <translation>Abbildung von %1</translation>
    </message>
    <message>
        <source>No data yet</source>
        <translation>Noch keine Daten</translation>
    </message>
    <message>
        <source>One curve with its last value: %1</source>
        <translation>Eine Kurve mit ihrem letzten Wert: %1</translation>
    </message>
    <message numerus="yes">
        <source>%n curves with their last values: %1</source>
        <translation>
            <numerusform>%n Kurve mit ihrem letzten Wert: %1</numerusform>
            <numerusform>%n Kurven mit ihren letzten Werten: %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Connected: curves appear with the first values</source>
        <translation>Verbunden: Kurven erscheinen mit den ersten Werten</translation>
    </message>
    <message>
        <source>Numbers in the output become curves,
for example  loss=0.25  or  {&quot;loss&quot;: 0.25}</source>
        <translation>Zahlen in der Ausgabe werden zu Kurven,
zum Beispiel  loss=0.25  oder  {&quot;loss&quot;: 0.25}</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>%1 gespeichert</translation>
    </message>
    <message>
        <source>Not saved: %1</source>
        <translation>Nicht gespeichert: %1</translation>
    </message>
    <message>
        <source>Curves appear with the first values</source>
        <translation>Kurven erscheinen mit den ersten Werten</translation>
    </message>
    <message>
        <source>Figure</source>
        <translation>Abbildung</translation>
    </message>
    <message>
        <source>figure</source>
        <translation>abbildung</translation>
    </message>
    <message>
        <source>Press Start, drop a file or a folder here, or run
kymograph run -- your command</source>
        <translation>Auf „Starten“ klicken, eine Datei oder einen Ordner hierher ziehen, oder
kymograph run -- Befehl</translation>
    </message>
    <message>
        <source>Waiting for the first numbers in the files</source>
        <translation>Wartet auf die ersten Zahlen in den Dateien</translation>
    </message>
    <message>
        <source>Layout: %1</source>
        <translation>Anordnung: %1</translation>
    </message>
    <message>
        <source>%1: resources</source>
        <translation>%1: Ressourcen</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 und %n weiterer</numerusform>
            <numerusform>%1 und %n weitere</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FigureWindow</name>
    <message>
        <source>%1 · figure · Kymograph</source>
        <translation>%1 · Abbildung · Kymograph</translation>
    </message>
</context>
<context>
    <name>FileDrop</name>
    <message>
        <source>Drop files or folders to follow them, or runs to show them</source>
        <translation>Dateien oder Ordner ablegen, um ihnen zu folgen, oder Läufe, um sie zu zeigen</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in messages</source>
        <translation>In den Meldungen suchen</translation>
    </message>
    <message>
        <source>No line contains this</source>
        <translation>In keiner Zeile gefunden</translation>
    </message>
    <message>
        <source>Previous match</source>
        <translation>Vorheriger Treffer</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>Nächster Treffer</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Shift+Enter</source>
        <translation>Umschalt+Eingabe</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Eingabe</translation>
    </message>
</context>
<context>
    <name>FollowPopup</name>
    <message>
        <source>All data</source>
        <translation>Alle Daten</translation>
    </message>
    <message>
        <source>The last samples:</source>
        <translation>Die letzten Datenpunkte:</translation>
    </message>
    <message>
        <source>The last of x (seconds, steps, …):</source>
        <translation>Das letzte Stück von x (Sekunden, Schritte …):</translation>
    </message>
</context>
<context>
    <name>JobNotices</name>
    <message>
        <source>Nothing is recorded at present: %1. The job goes on; recording begins by itself.</source>
        <translation>Zurzeit wird nichts aufgezeichnet: %1. Der Job läuft weiter; die Aufzeichnung beginnt von selbst.</translation>
    </message>
    <message>
        <source>Not all of this run is recorded: %1</source>
        <translation>Dieser Lauf ist nicht vollständig aufgezeichnet: %1</translation>
    </message>
</context>
<context>
    <name>JobSettings</name>
    <message>
        <source>endless</source>
        <translation>endlos</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>Iterations</source>
        <translation>Durchläufe</translation>
    </message>
    <message>
        <source>Interval</source>
        <translation>Intervall</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>Iterations in a batch</source>
        <translation>Durchläufe je Stapel</translation>
    </message>
    <message>
        <source>Receiver</source>
        <translation>Empfänger</translation>
    </message>
    <message>
        <source>Objects in a batch</source>
        <translation>Objekte je Stapel</translation>
    </message>
    <message>
        <source>In force from the next start</source>
        <translation>Gilt ab dem nächsten Start</translation>
    </message>
    <message>
        <source>&amp;Defaults</source>
        <translation>&amp;Standardwerte</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>LayoutDialog</name>
    <message>
        <source>Save the layout</source>
        <translation>Anordnung speichern</translation>
    </message>
    <message>
        <source>Load a layout</source>
        <translation>Anordnung laden</translation>
    </message>
    <message>
        <source>Layouts (*.json)</source>
        <translation>Anordnungen (*.json)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>LinesDialog</name>
    <message>
        <source>Lines kept in each pane</source>
        <translation>Zeilen je Meldungsfeld</translation>
    </message>
</context>
<context>
    <name>Main</name>
    <message>
        <source>%1 · %2 · Kymograph</source>
        <translation>%1 · %2 · Kymograph</translation>
    </message>
    <message>
        <source>ended with %1</source>
        <translation>beendet mit %1</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Anzeigen</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 und %n weiterer</numerusform>
            <numerusform>%1 und %n weitere</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MainMenu</name>
    <message>
        <source>&amp;New figure window</source>
        <translation>&amp;Neues Abbildungsfenster</translation>
    </message>
    <message>
        <source>Leave &amp;full screen</source>
        <translation>&amp;Vollbildmodus verlassen</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>&amp;Vollbildmodus</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Farbschema</translation>
    </message>
    <message>
        <source>&amp;System</source>
        <translation>&amp;System</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>&amp;Distinguish curves by</source>
        <translation>&amp;Kurven unterscheiden durch</translation>
    </message>
    <message>
        <source>&amp;Colour only</source>
        <translation>Nur &amp;Farbe</translation>
    </message>
    <message>
        <source>Colour and &amp;dashes</source>
        <translation>Farbe und &amp;Strichart</translation>
    </message>
    <message>
        <source>Colour and &amp;markers</source>
        <translation>Farbe und &amp;Markierungen</translation>
    </message>
    <message>
        <source>&amp;Lines kept in panes…</source>
        <translation>&amp;Zeilen je Meldungsfeld …</translation>
    </message>
    <message>
        <source>&amp;Keyboard and mouse</source>
        <translation>&amp;Tastatur und Maus</translation>
    </message>
    <message>
        <source>&amp;About Kymograph</source>
        <translation>Über Kymo&amp;graph</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>N&amp;otify when a job ends</source>
        <translation>B&amp;enachrichtigen, wenn ein Job endet</translation>
    </message>
    <message>
        <source>&amp;Open or follow files…</source>
        <translation>Dateien ö&amp;ffnen oder verfolgen …</translation>
    </message>
    <message>
        <source>&amp;When closing while a command runs</source>
        <translation>&amp;Beim Schließen, während ein Befehl läuft</translation>
    </message>
    <message>
        <source>&amp;Ask</source>
        <translation>&amp;Fragen</translation>
    </message>
    <message>
        <source>&amp;Leave it running</source>
        <translation>&amp;Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>S&amp;top it</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Run a command…</source>
        <translation>&amp;Befehl ausführen …</translation>
    </message>
    <message>
        <source>New ta&amp;b</source>
        <translation>Neuer &amp;Reiter</translation>
    </message>
    <message>
        <source>R&amp;ules…</source>
        <translation>Re&amp;geln …</translation>
    </message>
</context>
<context>
    <name>MessagePane</name>
    <message>
        <source>Number of lines: %1</source>
        <translation>Anzahl der Zeilen: %1</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Copy the selected lines</source>
        <translation>Ausgewählte Zeilen kopieren</translation>
    </message>
    <message>
        <source>Copy all lines</source>
        <translation>Alle Zeilen kopieren</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>%1: messages</source>
        <translation>%1: Meldungen</translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>Fehler: %1</translation>
    </message>
    <message>
        <source>Warning: %1</source>
        <translation>Warnung: %1</translation>
    </message>
    <message>
        <source>No messages yet</source>
        <translation>Noch keine Meldungen</translation>
    </message>
    <message>
        <source>Ctrl+F</source>
        <translation>Strg+F</translation>
    </message>
    <message>
        <source>Ctrl+C</source>
        <translation>Strg+C</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>NavigationToolbar</name>
    <message>
        <source>Home: show all data and follow it</source>
        <translation>Anfang: alle Daten zeigen und ihnen folgen</translation>
    </message>
    <message>
        <source>Back to the previous view</source>
        <translation>Zurück zur vorherigen Ansicht</translation>
    </message>
    <message>
        <source>Forward to the next view</source>
        <translation>Vor zur nächsten Ansicht</translation>
    </message>
    <message>
        <source>Pan: drag to move, drag with the right button to zoom</source>
        <translation>Verschieben: mit der linken Taste ziehen; mit der rechten Taste ziehen vergrößert</translation>
    </message>
    <message>
        <source>Zoom to a rectangle; hold X or Y for one axis</source>
        <translation>Auf ein Rechteck vergrößern; X oder Y halten für nur eine Achse</translation>
    </message>
    <message>
        <source>Configure subplots</source>
        <translation>Teilabbildungen einrichten</translation>
    </message>
    <message>
        <source>Save the figure as PNG, SVG or PDF</source>
        <translation>Abbildung als PNG, SVG oder PDF speichern</translation>
    </message>
    <message>
        <source>Crosshair: read all curves at the cursor</source>
        <translation>Fadenkreuz: alle Kurven am Mauszeiger ablesen</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>Gitter</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>Follow: keep showing the newest data</source>
        <translation>Folgen: immer die neuesten Daten zeigen</translation>
    </message>
    <message>
        <source>How much to show while following</source>
        <translation>Wie viel beim Folgen gezeigt wird</translation>
    </message>
    <message>
        <source>Place of the cursor: %1</source>
        <translation>Ort des Mauszeigers: %1</translation>
    </message>
    <message>
        <source>S, Ctrl+S</source>
        <translation>S, Strg+S</translation>
    </message>
    <message>
        <source>Shift+C</source>
        <translation>Umschalt+C</translation>
    </message>
    <message>
        <source>List of the curves with their values</source>
        <translation>Liste der Kurven mit ihren Werten</translation>
    </message>
    <message>
        <source>Smoothing, layout, what stands along x</source>
        <translation>Glättung, Anordnung, was entlang x steht</translation>
    </message>
</context>
<context>
    <name>NewLinesChip</name>
    <message>
        <source>One new line</source>
        <translation>Eine neue Zeile</translation>
    </message>
    <message numerus="yes">
        <source>%n new lines</source>
        <translation>
            <numerusform>%n neue Zeile</numerusform>
            <numerusform>%n neue Zeilen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NoteDialog</name>
    <message>
        <source>Label of the mark</source>
        <translation>Beschriftung der Marke</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>&amp;Details</source>
        <translation>&amp;Details</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
</context>
<context>
    <name>OpenDialog</name>
    <message>
        <source>Open or follow</source>
        <translation>Öffnen oder verfolgen</translation>
    </message>
    <message>
        <source>Path of a file or folder</source>
        <translation>Pfad einer Datei oder eines Ordners</translation>
    </message>
    <message>
        <source>&amp;File…</source>
        <translation>&amp;Datei …</translation>
    </message>
    <message>
        <source>F&amp;older…</source>
        <translation>&amp;Ordner …</translation>
    </message>
    <message>
        <source>Tables (CSV, TSV, white space), JSON lines, TensorBoard, MLflow and W&amp;B files and folders of them, logs, recorded runs. What grows is followed.</source>
        <translation>Tabellen (CSV, TSV, Leerraum), JSON-Zeilen, Dateien von TensorBoard, MLflow und W&amp;B und Ordner davon, Protokolle, aufgezeichnete Läufe. Was wächst, wird verfolgt.</translation>
    </message>
</context>
<context>
    <name>PaneMenu</name>
    <message>
        <source>&amp;Copy the selected lines</source>
        <translation>Ausgewählte Zeilen &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Copy all lines</source>
        <translation>Alle Zeilen &amp;kopieren</translation>
    </message>
    <message>
        <source>Select &amp;all</source>
        <translation>&amp;Alles auswählen</translation>
    </message>
    <message>
        <source>&amp;Find…</source>
        <translation>&amp;Suchen …</translation>
    </message>
    <message>
        <source>C&amp;lear</source>
        <translation>&amp;Leeren</translation>
    </message>
</context>
<context>
    <name>QueueList</name>
    <message>
        <source>Queue, held</source>
        <translation>Warteschlange, angehalten</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>Commands at a time</source>
        <translation>Befehle zugleich</translation>
    </message>
    <message>
        <source>Go on with the queue</source>
        <translation>Mit der Warteschlange fortfahren</translation>
    </message>
    <message>
        <source>Start no more from the queue</source>
        <translation>Aus der Warteschlange nichts mehr starten</translation>
    </message>
    <message>
        <source>%1: waiting</source>
        <translation>%1: wartet</translation>
    </message>
    <message>
        <source>%1: not started</source>
        <translation>%1: nicht gestartet</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>Früher</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Später</translation>
    </message>
    <message>
        <source>Take out of the queue</source>
        <translation>Aus der Warteschlange nehmen</translation>
    </message>
</context>
<context>
    <name>RulesDialog</name>
    <message>
        <source>Rules</source>
        <translation>Regeln</translation>
    </message>
    <message>
        <source>A rule watches the curves and acts by itself, also when no window is open.</source>
        <translation>Eine Regel beobachtet die Kurven und handelt von selbst, auch wenn kein Fenster offen ist.</translation>
    </message>
    <message>
        <source>Rules watch a command while it runs, and files that are followed.</source>
        <translation>Regeln beobachten einen Befehl, solange er läuft, und Dateien, die verfolgt werden.</translation>
    </message>
    <message>
        <source>Take the rule away</source>
        <translation>Regel entfernen</translation>
    </message>
    <message>
        <source>Take away the rule %1</source>
        <translation>Regel %1 entfernen</translation>
    </message>
    <message>
        <source>New rule</source>
        <translation>Neue Regel</translation>
    </message>
    <message>
        <source>&amp;Add</source>
        <translation>&amp;Hinzufügen</translation>
    </message>
    <message>
        <source>For example:</source>
        <translation>Zum Beispiel:</translation>
    </message>
</context>
<context>
    <name>RunsBar</name>
    <message>
        <source>%1 goes on without a window.</source>
        <translation>%1 läuft ohne Fenster weiter.</translation>
    </message>
    <message>
        <source>%1 runs go on without a window.</source>
        <translation>%1 Läufe laufen ohne Fenster weiter.</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Sho&amp;w</source>
        <translation>&amp;Zeigen</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
</context>
<context>
    <name>RunsPanel</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Filter by name or command</source>
        <translation>Nach Name oder Befehl filtern</translation>
    </message>
    <message>
        <source>Remove %1?</source>
        <translation>%1 entfernen?</translation>
    </message>
    <message>
        <source>No runs yet. Press Start, or run a command:
kymograph run -- your command</source>
        <translation>Noch keine Läufe. Auf „Starten“ klicken, oder
kymograph run -- Befehl</translation>
    </message>
    <message>
        <source>&amp;Show</source>
        <translation>&amp;Zeigen</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Remove…</source>
        <translation>&amp;Entfernen …</translation>
    </message>
    <message>
        <source>All that is recorded of this run is deleted. This cannot be undone.</source>
        <translation>Alles, was von diesem Lauf aufgezeichnet ist, wird gelöscht. Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>Show the curves of %1, too</source>
        <translation>Auch die Kurven von %1 zeigen</translation>
    </message>
    <message>
        <source>Show its curves in the figure, too</source>
        <translation>Auch seine Kurven in der Abbildung zeigen</translation>
    </message>
    <message>
        <source>Run a command</source>
        <translation>Einen Befehl ausführen</translation>
    </message>
    <message>
        <source>Ctrl+R</source>
        <translation>Strg+R</translation>
    </message>
    <message>
        <source>Show in the figure, t&amp;oo</source>
        <translation>A&amp;uch in der Abbildung zeigen</translation>
    </message>
</context>
<context>
    <name>SaveDialog</name>
    <message>
        <source>Save the figure</source>
        <translation>Abbildung speichern</translation>
    </message>
    <message>
        <source>File to save to</source>
        <translation>Datei zum Speichern</translation>
    </message>
    <message>
        <source>&amp;Browse…</source>
        <translation>&amp;Durchsuchen …</translation>
    </message>
    <message>
        <source>The ending chooses the format: .png, .svg or .pdf. A file of that name is replaced.</source>
        <translation>Die Endung bestimmt das Format: .png, .svg oder .pdf. Eine Datei dieses Namens wird ersetzt.</translation>
    </message>
    <message>
        <source>Choose</source>
        <translation>Auswählen</translation>
    </message>
    <message>
        <source>PNG image (*.png)</source>
        <translation>PNG-Bild (*.png)</translation>
    </message>
    <message>
        <source>SVG drawing (*.svg)</source>
        <translation>SVG-Zeichnung (*.svg)</translation>
    </message>
    <message>
        <source>PDF document (*.pdf)</source>
        <translation>PDF-Dokument (*.pdf)</translation>
    </message>
</context>
<context>
    <name>SeriesPanel</name>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Filter by name or run</source>
        <translation>Nach Name oder Lauf filtern</translation>
    </message>
    <message>
        <source>newest</source>
        <translation>neuester</translation>
    </message>
    <message>
        <source>best</source>
        <translation>bester</translation>
    </message>
    <message>
        <source>No curves yet: they are listed here as soon as there are values.</source>
        <translation>Noch keine Kurven: Sie stehen hier, sobald es Werte gibt.</translation>
    </message>
    <message>
        <source>Run %1</source>
        <translation>Lauf %1</translation>
    </message>
    <message>
        <source>%1: newest %2, best %3</source>
        <translation>%1: neuester %2, bester %3</translation>
    </message>
    <message>
        <source>Double click shows it alone; drag it onto another subplot, or onto the foot of the figure</source>
        <translation>Ein Doppelklick zeigt sie allein; ziehen Sie sie in ein anderes Diagramm oder an den Fuß der Abbildung</translation>
    </message>
    <message>
        <source>List the curves of %1</source>
        <translation>Kurven von %1 auflisten</translation>
    </message>
    <message>
        <source>Hide the curves of %1 in the list</source>
        <translation>Kurven von %1 in der Liste verbergen</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation>%1 zeigen</translation>
    </message>
    <message>
        <source>%1 (right)</source>
        <translation>%1 (rechts)</translation>
    </message>
    <message>
        <source>&amp;Only this</source>
        <translation>&amp;Nur diese</translation>
    </message>
    <message>
        <source>Show &amp;all</source>
        <translation>&amp;Alle zeigen</translation>
    </message>
    <message>
        <source>&amp;Colour…</source>
        <translation>&amp;Farbe …</translation>
    </message>
    <message>
        <source>On the &amp;right-hand axis</source>
        <translation>An der &amp;rechten Achse</translation>
    </message>
    <message>
        <source>The &amp;greatest value is the best</source>
        <translation>Der &amp;größte Wert ist der beste</translation>
    </message>
    <message>
        <source>In a subplot of its &amp;own</source>
        <translation>In einem &amp;eigenen Diagramm</translation>
    </message>
    <message>
        <source>In &amp;subplot</source>
        <translation>In &amp;Diagramm</translation>
    </message>
    <message>
        <source>Colour %1</source>
        <translation>Farbe %1</translation>
    </message>
    <message>
        <source>As the &amp;figure says</source>
        <translation>Wie die &amp;Abbildung es vorgibt</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard and mouse</source>
        <translation>Tastatur und Maus</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>Job</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stoppen</translation>
    </message>
    <message>
        <source>Pause, go on</source>
        <translation>Anhalten, fortsetzen</translation>
    </message>
    <message>
        <source>Stop in order and quit</source>
        <translation>Geordnet stoppen und beenden</translation>
    </message>
    <message>
        <source>Figure</source>
        <translation>Abbildung</translation>
    </message>
    <message>
        <source>Show all data and follow it</source>
        <translation>Alle Daten zeigen und ihnen folgen</translation>
    </message>
    <message>
        <source>Previous view, next view</source>
        <translation>Vorherige Ansicht, nächste Ansicht</translation>
    </message>
    <message>
        <source>Pan tool, zoom tool</source>
        <translation>Werkzeug zum Verschieben, zum Vergrößern</translation>
    </message>
    <message>
        <source>Hold for one axis only while panning or zooming</source>
        <translation>Halten, um nur eine Achse zu verschieben oder zu vergrößern</translation>
    </message>
    <message>
        <source>Zoom in, zoom out</source>
        <translation>Vergrößern, verkleinern</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>Gitter</translation>
    </message>
    <message>
        <source>Logarithmic y axis, x axis</source>
        <translation>Logarithmische y-Achse, x-Achse</translation>
    </message>
    <message>
        <source>Crosshair</source>
        <translation>Fadenkreuz</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbildmodus</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Mausrad</translation>
    </message>
    <message>
        <source>Zoom about the cursor</source>
        <translation>Um den Mauszeiger vergrößern</translation>
    </message>
    <message>
        <source>Right drag</source>
        <translation>Rechts ziehen</translation>
    </message>
    <message>
        <source>Zoom about the point pressed (pan tool)</source>
        <translation>Um den gedrückten Punkt vergrößern (Werkzeug Verschieben)</translation>
    </message>
    <message>
        <source>Legend</source>
        <translation>Legende</translation>
    </message>
    <message>
        <source>Click an entry to hide or show its curve</source>
        <translation>Klick auf einen Eintrag blendet seine Kurve aus oder ein</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>Meldungen</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Select all lines, copy</source>
        <translation>Alle Zeilen auswählen, kopieren</translation>
    </message>
    <message>
        <source>Follow the newest line</source>
        <translation>Der neuesten Zeile folgen</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Another window for the figure</source>
        <translation>Weiteres Fenster für die Abbildung</translation>
    </message>
    <message>
        <source>This list, the menu</source>
        <translation>Diese Liste, das Menü</translation>
    </message>
    <message>
        <source>Shift+F5</source>
        <translation>Umschalt+F5</translation>
    </message>
    <message>
        <source>Ctrl+Q</source>
        <translation>Strg+Q</translation>
    </message>
    <message>
        <source>H, R, Home</source>
        <translation>H, R, Pos1</translation>
    </message>
    <message>
        <source>S, Ctrl+S</source>
        <translation>S, Strg+S</translation>
    </message>
    <message>
        <source>Shift+C</source>
        <translation>Umschalt+C</translation>
    </message>
    <message>
        <source>Ctrl+F</source>
        <translation>Strg+F</translation>
    </message>
    <message>
        <source>Ctrl+A, Ctrl+C</source>
        <translation>Strg+A, Strg+C</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>Ctrl+N</source>
        <translation>Strg+N</translation>
    </message>
    <message>
        <source>Pin cursor A or B under the pointer, take them away</source>
        <translation>Zeiger A oder B unter der Maus setzen, entfernen</translation>
    </message>
    <message>
        <source>Right click</source>
        <translation>Rechtsklick</translation>
    </message>
    <message>
        <source>Cursors, notes, marks</source>
        <translation>Zeiger, Notizen, Marken</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Ctrl+R</source>
        <translation>Strg+R</translation>
    </message>
    <message>
        <source>Run a command, now or in the queue</source>
        <translation>Einen Befehl ausführen, jetzt oder in der Warteschlange</translation>
    </message>
    <message>
        <source>Ctrl+T, Ctrl+Tab</source>
        <translation>Strg+T, Strg+Tab</translation>
    </message>
    <message>
        <source>Another tab, the next tab</source>
        <translation>Ein weiterer Reiter, der nächste Reiter</translation>
    </message>
    <message>
        <source>Ctrl+W</source>
        <translation>Strg+W</translation>
    </message>
    <message>
        <source>Close the tab or the window</source>
        <translation>Den Reiter oder das Fenster schließen</translation>
    </message>
    <message>
        <source>List of the curves</source>
        <translation>Liste der Kurven</translation>
    </message>
</context>
<context>
    <name>StripButton</name>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
</context>
<context>
    <name>SubplotsPopup</name>
    <message>
        <source>tight</source>
        <translation>eng</translation>
    </message>
    <message>
        <source>%1 px</source>
        <translation>%1 px</translation>
    </message>
    <message>
        <source>Configure subplots</source>
        <translation>Teilabbildungen einrichten</translation>
    </message>
    <message>
        <source>One subplot for each series</source>
        <translation>Eine Teilabbildung je Datenreihe</translation>
    </message>
    <message>
        <source>Legend</source>
        <translation>Legende</translation>
    </message>
    <message>
        <source>Logarithmic x axis (K)</source>
        <translation>Logarithmische x-Achse (K)</translation>
    </message>
    <message>
        <source>Logarithmic y axis (L)</source>
        <translation>Logarithmische y-Achse (L)</translation>
    </message>
    <message>
        <source>Left margin</source>
        <translation>Linker Rand</translation>
    </message>
    <message>
        <source>Right margin</source>
        <translation>Rechter Rand</translation>
    </message>
    <message>
        <source>Top margin</source>
        <translation>Oberer Rand</translation>
    </message>
    <message>
        <source>Bottom margin</source>
        <translation>Unterer Rand</translation>
    </message>
    <message>
        <source>Between rows</source>
        <translation>Zwischen Zeilen</translation>
    </message>
    <message>
        <source>Between columns</source>
        <translation>Zwischen Spalten</translation>
    </message>
    <message>
        <source>&amp;Tight layout</source>
        <translation>&amp;Enge Anordnung</translation>
    </message>
</context>
<context>
    <name>ThreadChip</name>
    <message>
        <source>%1: %2 %3</source>
        <translation>%1: %2 %3</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>ThreadControl</name>
    <message>
        <source>Re&amp;start threads</source>
        <translation>Threads &amp;neu starten</translation>
    </message>
    <message>
        <source>&amp;Start threads</source>
        <translation>Threads &amp;starten</translation>
    </message>
    <message>
        <source>A recorded run is shown, not run again</source>
        <translation>Ein aufgezeichneter Lauf wird gezeigt, nicht wiederholt</translation>
    </message>
    <message>
        <source>Clear the panes and start the worker and the receiver (F5)</source>
        <translation>Meldungen leeren, Worker und Empfänger starten (F5)</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird gestoppt …</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>S&amp;toppen</translation>
    </message>
    <message>
        <source>S&amp;top threads</source>
        <translation>Threads s&amp;toppen</translation>
    </message>
    <message>
        <source>Ask the program to stop; press again to interrupt it (Shift+F5)</source>
        <translation>Das Programm bitten aufzuhören; noch einmal drücken, um es zu unterbrechen (Umschalt+F5)</translation>
    </message>
    <message>
        <source>Stop the receiver and the worker in order (Shift+F5)</source>
        <translation>Empfänger und Worker geordnet stoppen (Umschalt+F5)</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Settings of the job</source>
        <translation>Einstellungen des Jobs</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>worker</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>receiver</source>
        <translation>Empfänger</translation>
    </message>
    <message>
        <source>Progress of the job</source>
        <translation>Fortschritt des Jobs</translation>
    </message>
    <message>
        <source>%1, %2 left</source>
        <translation>%1, noch %2</translation>
    </message>
    <message>
        <source>Elapsed time: %1</source>
        <translation>Vergangene Zeit: %1</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Re&amp;start</source>
        <translation>&amp;Neu starten</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>&amp;Starten</translation>
    </message>
    <message>
        <source>Clear the panes and run the command anew (F5)</source>
        <translation>Felder leeren und den Befehl neu ausführen (F5)</translation>
    </message>
    <message>
        <source>End the command and all that it started (Shift+F5)</source>
        <translation>Den Befehl und alles, was er gestartet hat, beenden (Umschalt+F5)</translation>
    </message>
</context>
<context>
    <name>WindowServices</name>
    <message>
        <source>The windows of the last time do not come back: %1</source>
        <translation>Die Fenster vom letzten Mal kommen nicht wieder: %1</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>wird gestoppt</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>Receiver</source>
        <translation>Empfänger</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Error output</source>
        <translation>Fehlerausgabe</translation>
    </message>
    <message>
        <source>Control</source>
        <translation>Steuerung</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>beendet</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>unterbrochen</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>gerade eben</translation>
    </message>
    <message numerus="yes">
        <source>%n min ago</source>
        <translation>
            <numerusform>vor %n Min.</numerusform>
            <numerusform>vor %n Min.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n h ago</source>
        <translation>
            <numerusform>vor %n Std.</numerusform>
            <numerusform>vor %n Std.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n d ago</source>
        <translation>
            <numerusform>vor %n Tag</numerusform>
            <numerusform>vor %n Tagen</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 failed</source>
        <translation>%1 ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>%1 ended with %2</source>
        <translation>%1 endete mit %2</translation>
    </message>
    <message>
        <source>%1 finished</source>
        <translation>%1 ist fertig</translation>
    </message>
    <message>
        <source>It took %1.</source>
        <translation>Es dauerte %1.</translation>
    </message>
</context>
</TS>
