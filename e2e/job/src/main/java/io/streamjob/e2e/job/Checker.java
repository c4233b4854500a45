package io.streamjob.e2e.job;

import io.streamjob.e2e.job.Report.Gap;
import io.streamjob.e2e.job.Report.Run;
import io.streamjob.e2e.job.Report.Silence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Judges the sample job's output: was every event counted exactly once, and when was it silent.
 *
 * <p>Lines may come in any order. What is a fault:
 *
 * <ul>
 *   <li><b>lost</b>: a number from 0 to the last judged one that is in no line;
 *   <li><b>counted twice</b>: an event that stands in lines with different counts (each further
 *       count is one), and a count of a key that stands in no line, unless a lost event explains it
 *       (it was counted for an event that already had its count);
 *   <li><b>state went back</b>: an event whose count is not above all counts that earlier events of
 *       its key have; so a count that is used again;
 *   <li><b>overlap</b>: a run wrote before an earlier one was done, so two jobs were at work at the
 *       same time; more than {@link Rules#overlap} is a fault;
 *   <li><b>unreadable</b>: text that is no line; a fault only if the job has ended.
 * </ul>
 *
 * <p>A line written again with the same event and count is no fault: the sink writes at least once.
 * Such lines are counted apart.
 *
 * <p>Which events are judged. If the job has ended with a savepoint or by itself, all: from 0 to
 * the highest number that stands in a line. If it is still running, its sinks hold lines that are
 * not written yet; then only the events up to the highest number that reached a sink at least
 * {@link Rules#horizon} before the newest line are judged. The horizon must be longer than the
 * sink's roll interval, the write of an object, and the time for which one object's listing may be
 * older than another's.
 */
public final class Checker {

  static final String HELP =
      """
      Judges the output of the sample job.

        java -cp sample.jar io.streamjob.e2e.job.Checker [OPTIONS] FOLDER|FILE...

        --horizon SECONDS   the job is still running: judge only events older than this
        --overlap MS        time for which two runs may write at once (0)
        --json FILE         write the result as JSON too; - is the standard output, without text

      Ends with 0 if every event was counted exactly once, with 1 if not or if there is no line,
      with 2 if the arguments are wrong.
      """;

  /**
   * What to judge by.
   *
   * @param horizon zero for a job that has ended; else the age below which events are not judged
   * @param overlap time for which two runs may write at once, for clocks that differ
   */
  public record Rules(Duration horizon, Duration overlap) {
    /** For output that is complete because the job was stopped with a savepoint or ended. */
    public static final Rules ENDED = new Rules(Duration.ZERO, Duration.ZERO);

    /** For the output of a job that is still running. */
    public static Rules running(Duration horizon) {
      return new Rules(horizon, Duration.ZERO);
    }
  }

  private Checker() {}

  /** Judges lines, for example of objects listed from a store, in any order. */
  public static Report check(Iterable<String> texts, Rules rules) {
    List<Line> lines = new ArrayList<>();
    long unreadable = 0;
    for (String text : texts) {
      var line = Line.parse(text);
      line.ifPresent(lines::add);
      if (line.isEmpty()) {
        unreadable++;
      }
    }
    return judge(lines, unreadable, rules);
  }

  /** Judges the files in a folder and in the folders below it, or one file. */
  public static Report checkTree(Path root, Rules rules) throws IOException {
    return check(read(root), rules);
  }

  private static List<String> read(Path root) throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> {
            try {
              texts.addAll(Files.readAllLines(file, StandardCharsets.UTF_8));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return texts;
  }

  private static Report judge(List<Line> lines, long unreadable, Rules rules) {
    lines.sort(Comparator.comparingLong(Line::at).thenComparingLong(Line::event));
    long last = lastJudged(lines, rules.horizon());
    // The counts of each event, by key and in the order of the events.
    Map<Long, TreeMap<Long, TreeSet<Long>>> keys = new HashMap<>();
    Set<Long> events = new HashSet<>();
    long judged = 0;
    long writtenAgain = 0;
    for (Line line : lines) {
      if (line.event() > last) {
        continue;
      }
      judged++;
      events.add(line.event());
      boolean isNew =
          keys.computeIfAbsent(line.key(), key -> new TreeMap<>())
              .computeIfAbsent(line.event(), event -> new TreeSet<>())
              .add(line.count());
      if (!isNew) {
        writtenAgain++;
      }
    }
    long lost = last + 1 - events.size();
    long countsOfEvents = 0;
    long unwrittenCounts = 0;
    long wentBack = 0;
    for (TreeMap<Long, TreeSet<Long>> key : keys.values()) {
      Set<Long> counts = new HashSet<>();
      long highest = 0;
      for (TreeSet<Long> countsOfEvent : key.values()) {
        countsOfEvents += countsOfEvent.size();
        counts.addAll(countsOfEvent);
        if (countsOfEvent.last() <= highest) {
          wentBack++;
        }
        highest = Math.max(highest, countsOfEvent.last());
      }
      unwrittenCounts += highest - counts.size();
    }
    long countedTwice = countsOfEvents - events.size() + Math.max(0, unwrittenCounts - lost);
    List<Run> runs = runs(lines);
    List<Gap> gaps = gaps(runs);
    boolean ended = rules.horizon().isZero();
    boolean overlaps = gaps.stream().anyMatch(gap -> -gap.millis() > rules.overlap().toMillis());
    boolean exact =
        !lines.isEmpty()
            && lost == 0
            && countedTwice == 0
            && wentBack == 0
            && !overlaps
            && (unreadable == 0 || !ended);
    return new Report(
        exact,
        lines.size(),
        judged,
        last,
        keys.size(),
        lost,
        firstMissing(events, last),
        countedTwice,
        wentBack,
        writtenAgain,
        unreadable,
        runs,
        gaps);
  }

  /** The highest number to judge, -1 if there is none. */
  private static long lastJudged(List<Line> byTime, Duration horizon) {
    if (byTime.isEmpty()) {
      return -1;
    }
    long newest = byTime.get(byTime.size() - 1).at() - horizon.toMillis();
    return byTime.stream()
        .filter(line -> line.at() <= newest)
        .mapToLong(Line::event)
        .max()
        .orElse(-1);
  }

  private static List<Long> firstMissing(Set<Long> events, long last) {
    List<Long> missing = new ArrayList<>();
    for (long event = 0; event <= last && missing.size() < Report.EXAMPLES; event++) {
      if (!events.contains(event)) {
        missing.add(event);
      }
    }
    return missing;
  }

  /** The runs by the time of their first line, each with its longest silence. */
  private static List<Run> runs(List<Line> byTime) {
    Map<List<String>, List<Line>> grouped = new LinkedHashMap<>();
    for (Line line : byTime) {
      grouped
          .computeIfAbsent(List.of(line.version(), line.run()), tag -> new ArrayList<>())
          .add(line);
    }
    List<Run> runs = new ArrayList<>();
    grouped.forEach((tag, lines) -> {
      long previous = lines.get(0).at();
      Silence longest = new Silence(previous, 0);
      for (Line line : lines) {
        if (line.at() - previous > longest.millis()) {
          longest = new Silence(previous, line.at() - previous);
        }
        previous = line.at();
      }
      runs.add(
          new Run(
              tag.get(0),
              tag.get(1),
              lines.size(),
              lines.get(0).at(),
              previous,
              lines.stream().mapToLong(Line::event).min().orElseThrow(),
              lines.stream().mapToLong(Line::event).max().orElseThrow(),
              longest));
    });
    return runs;
  }

  private static List<Gap> gaps(List<Run> runs) {
    List<Gap> gaps = new ArrayList<>();
    Run before = null;
    for (Run run : runs) {
      if (before != null) {
        gaps.add(
            new Gap(before.tag(), run.tag(), before.lastAt(), run.firstAt() - before.lastAt()));
      }
      // The next run follows whichever wrote last, which need not be the one that started last.
      if (before == null || run.lastAt() > before.lastAt()) {
        before = run;
      }
    }
    return gaps;
  }

  /** See {@link #HELP}. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    Duration horizon = Duration.ZERO;
    Duration overlap = Duration.ZERO;
    String json = null;
    List<String> texts = new ArrayList<>();
    boolean given = false;
    try {
      for (int i = 0; i < args.length; i++) {
        switch (args[i]) {
          case "--help", "-h" -> {
            System.out.print(HELP);
            return 0;
          }
          case "--horizon" ->
              horizon = Duration.ofMillis((long) (1000 * Double.parseDouble(value(args, ++i))));
          case "--overlap" -> overlap = Duration.ofMillis(Long.parseLong(value(args, ++i)));
          case "--json" -> json = value(args, ++i);
          default -> {
            if (args[i].startsWith("-")) {
              throw new IllegalArgumentException(args[i] + " is unknown");
            }
            if (!Files.exists(Path.of(args[i]))) {
              throw new IllegalArgumentException(args[i] + " does not exist");
            }
            texts.addAll(read(Path.of(args[i])));
            given = true;
          }
        }
      }
      if (!given) {
        throw new IllegalArgumentException("no folder given");
      }
      Report report = check(texts, new Rules(horizon, overlap));
      if (!"-".equals(json)) {
        System.out.print(report.toText());
      }
      if ("-".equals(json)) {
        System.out.println(report.toJson());
      } else if (json != null) {
        Files.writeString(Path.of(json), report.toJson() + "\n");
      }
      return report.exact() ? 0 : 1;
    } catch (IllegalArgumentException | IOException e) {
      System.err.println("checker: " + e.getMessage() + "; --help tells more");
      return 2;
    }
  }

  private static String value(String[] args, int i) {
    if (i >= args.length) {
      throw new IllegalArgumentException(args[i - 1] + " has no value");
    }
    return args[i];
  }
}
