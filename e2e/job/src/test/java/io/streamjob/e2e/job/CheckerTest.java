package io.streamjob.e2e.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.streamjob.e2e.job.Checker.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CheckerTest {
  private static final long START = 1_763_682_305_000L;
  private static final int KEYS = 3;
  private static final int PERIOD = 10;

  /** The correct line of an event: 10 ms apart, three keys, v1 below event 50 and v2 from it on. */
  private static Line line(long event) {
    boolean first = event < 50;
    return new Line(
        START + event * PERIOD + (first ? 0 : 700),
        event,
        event % KEYS,
        event / KEYS + 1,
        first ? "v1" : "v2",
        first ? "aaaaaaaaaaaa" : "bbbbbbbbbbbb",
        (int) (event % 2),
        first ? "" : "even");
  }

  private static List<Line> good() {
    return new ArrayList<>(Stream.iterate(0L, e -> e < 100, e -> e + 1).map(e -> line(e)).toList());
  }

  private static Line withCount(Line line, long count) {
    return new Line(
        line.at(),
        line.event(),
        line.key(),
        count,
        line.version(),
        line.run(),
        line.subtask(),
        line.note());
  }

  private static Line withAt(Line line, long at) {
    return new Line(
        at,
        line.event(),
        line.key(),
        line.count(),
        line.version(),
        line.run(),
        line.subtask(),
        line.note());
  }

  private static List<String> texts(List<Line> lines) {
    return lines.stream().map(Line::toString).toList();
  }

  private static UnaryOperator<List<Line>> each(UnaryOperator<Line> change) {
    return lines -> lines.stream().map(change).toList();
  }

  private static UnaryOperator<List<Line>> without(long from, long to) {
    return lines -> lines.stream().filter(l -> l.event() < from || l.event() > to).toList();
  }

  private static UnaryOperator<List<Line>> and(Line... more) {
    return lines -> Stream.concat(lines.stream(), Stream.of(more)).toList();
  }

  static Stream<Arguments> counting() {
    return Stream.of(
        // what happened, how it looks; lost, counted twice, went back, written again
        arguments("nothing", each(l -> l), 0, 0, 0, 0),
        arguments("one event lost after it was counted", without(40, 40), 1, 0, 0, 0),
        arguments(
            "one event lost before it was counted",
            without(40, 40)
                .andThen(
                    each(l ->
                        l.event() > 40 && l.key() == 40 % KEYS ? withCount(l, l.count() - 1) : l)),
            1,
            0,
            0,
            0),
        arguments("the first events lost", without(0, 9), 10, 0, 0, 0),
        arguments("the last of v1 lost", without(45, 49), 5, 0, 0, 0),
        arguments("lines written again", and(line(10), line(11), line(11)), 0, 0, 0, 3),
        arguments(
            "an event counted again, both lines there",
            each(l -> l.event() > 40 && l.key() == 1 ? withCount(l, l.count() + 1) : l)
                .andThen(and(withCount(line(40), line(40).count() + 1))),
            0,
            1,
            0,
            0),
        arguments(
            "an event counted again, its first line gone",
            each(l -> l.event() >= 40 && l.key() == 1 ? withCount(l, l.count() + 1) : l),
            0,
            1,
            0,
            0),
        arguments(
            "v2 began with an empty state",
            each(l -> l.event() >= 50 ? withCount(l, (l.event() - 50) / KEYS + 1) : l),
            0,
            0,
            // Event 98 is the 17th of its key in v2, and v1 had counted 16.
            49,
            0),
        arguments(
            "v2 began with an older state: events 40 to 49 were forgotten, not read again",
            each(l -> l.event() >= 50 ? withCount(l, l.count() - countOfKey(40, 50, l.key())) : l),
            0,
            0,
            10,
            0),
        arguments(
            "the source alone went back: events 40 to 49 were counted twice",
            each(l -> l.event() >= 50 ? withCount(l, l.count() + countOfKey(40, 50, l.key())) : l)
                .andThen(lines ->
                    Stream.concat(
                            lines.stream(),
                            good().subList(40, 50).stream()
                                .map(l -> withCount(l, l.count() + countOfKey(40, 50, l.key()))))
                        .toList()),
            0,
            10,
            0,
            0));
  }

  private static long countOfKey(long from, long to, long key) {
    return Stream.iterate(from, e -> e < to, e -> e + 1).filter(e -> e % KEYS == key).count();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("counting")
  void countsFaults(
      String what,
      Function<List<Line>, List<Line>> change,
      long lost,
      long countedTwice,
      long wentBack,
      long writtenAgain) {
    List<String> texts = new ArrayList<>(texts(change.apply(good())));
    Collections.shuffle(texts, new Random(7));
    Report report = Checker.check(texts, Rules.ENDED);
    assertEquals(lost, report.lost(), "lost");
    assertEquals(countedTwice, report.countedTwice(), "counted twice");
    assertEquals(wentBack, report.wentBack(), "went back");
    assertEquals(writtenAgain, report.writtenAgain(), "written again");
    assertEquals(lost + countedTwice + wentBack == 0, report.exact(), report::toText);
  }

  @Test
  void measuresTheGapBetweenRunsAndTheSilenceWithin() {
    List<Line> lines = good();
    for (int i = 80; i < 100; i++) {
      lines.set(i, withAt(lines.get(i), lines.get(i).at() + 440));
    }
    Report report = Checker.check(texts(lines), Rules.ENDED);
    assertEquals(1, report.gaps().size());
    assertEquals(710, report.gaps().get(0).millis());
    assertEquals(710, report.longestGapMillis());
    assertEquals("v1/aaaaaaaa", report.gaps().get(0).from());
    assertEquals("v2/bbbbbbbb", report.gaps().get(0).to());
    assertEquals(10, report.runs().get(0).longestSilence().millis());
    assertEquals(450, report.runs().get(1).longestSilence().millis());
    assertEquals(line(79).at(), report.runs().get(1).longestSilence().fromAt());
    assertTrue(report.exact());
  }

  @Test
  void tellsRunsOfTheSameVersionApart() {
    List<Line> lines =
        good().stream()
            .map(l ->
                new Line(l.at(), l.event(), l.key(), l.count(), "v1", l.run(), l.subtask(), ""))
            .toList();
    Report report = Checker.check(texts(lines), Rules.ENDED);
    assertEquals(2, report.runs().size());
    assertEquals(710, report.longestGapMillis());
  }

  @Test
  void twoRunsAtWorkAtOnceAreAFault() {
    // The old job comes back to life while the new one writes, and writes what it wrote before.
    List<Line> lines = good();
    lines.add(withAt(line(49), line(60).at()));
    Report report = Checker.check(texts(lines), Rules.ENDED);
    assertEquals(-100, report.gaps().get(0).millis());
    assertEquals(1, report.writtenAgain());
    assertFalse(report.exact());
    assertTrue(report.toText().contains("overlap"), report::toText);
    Rules lenient = new Rules(Duration.ZERO, Duration.ofMillis(100));
    assertTrue(Checker.check(texts(lines), lenient).exact());
  }

  static Stream<Arguments> horizons() {
    return Stream.of(
        // horizon in ms; events not yet written; last judged, lost
        arguments(0, List.of(98L), 99L, 1L),
        arguments(20, List.of(98L), 97L, 0L),
        arguments(20, List.of(97L), 96L, 0L),
        arguments(20, List.of(96L), 97L, 1L),
        arguments(100_000, List.of(50L), -1L, 0L));
  }

  @ParameterizedTest
  @MethodSource("horizons")
  void judgesARunningJobUpToItsHorizon(
      int horizon, List<Long> unwritten, long lastJudged, long lost) {
    List<Line> lines = good().stream().filter(l -> !unwritten.contains(l.event())).toList();
    Report report = Checker.check(texts(lines), Rules.running(Duration.ofMillis(horizon)));
    assertEquals(lastJudged, report.lastEvent());
    assertEquals(lost, report.lost());
    assertEquals(lost == 0, report.exact());
  }

  @Test
  void aCutOffLineIsAFaultOnlyOnceTheJobHasEnded() {
    List<String> texts = new ArrayList<>(texts(good()));
    texts.add(line(99).toString().substring(0, 40));
    assertEquals(1, Checker.check(texts, Rules.ENDED).unreadable());
    assertFalse(Checker.check(texts, Rules.ENDED).exact());
    assertTrue(Checker.check(texts, Rules.running(Duration.ofMillis(1))).exact());
  }

  @Test
  void noOutputIsNoSuccess() {
    Report report = Checker.check(List.of(), Rules.ENDED);
    assertFalse(report.exact());
    assertTrue(report.toText().contains("NO OUTPUT"), report::toText);
  }

  @Test
  void namesTheFirstLostEvents() {
    Report report = Checker.check(texts(without(20, 29).apply(good())), Rules.ENDED);
    assertEquals(List.of(20L, 21L, 22L, 23L, 24L), report.firstLost());
    assertTrue(report.toText().contains("10 (20, 21, 22, 23, 24, ...)"), report::toText);
  }

  @Test
  void writesJson() {
    String json = Checker.check(texts(good()), Rules.ENDED).toJson();
    assertTrue(json.startsWith("{\"exact\":true,\"lines\":100,\"judgedLines\":100,"), json);
    assertTrue(json.contains("\"longestSilenceMillis\":10"), json);
    assertTrue(json.endsWith("\"millis\":710}]}"), json);
  }

  @Test
  void endsWithTheVerdictAsExitCode(@TempDir Path folder) throws IOException {
    Path nested = Files.createDirectories(folder.resolve("out/deeper"));
    Files.write(folder.resolve("out/a.txt"), texts(good().subList(0, 50)));
    Path second = nested.resolve("b.txt");
    Files.write(second, texts(good().subList(50, 100)));
    Path json = folder.resolve("report.json");
    assertEquals(0, Checker.run("--json", json.toString(), folder.resolve("out").toString()));
    assertTrue(Files.readString(json).contains("\"exact\":true"));
    Files.write(second, texts(good().subList(51, 100)));
    assertEquals(1, Checker.run(folder.resolve("out").toString()));
    assertEquals(0, Checker.run("--help"));
    assertEquals(2, Checker.run());
    assertEquals(2, Checker.run("--nonsense", folder.toString()));
    assertEquals(2, Checker.run("--horizon"));
    assertEquals(2, Checker.run(folder.resolve("missing").toString()));
  }
}
