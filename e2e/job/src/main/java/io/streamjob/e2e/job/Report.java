package io.streamjob.e2e.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What {@link Checker} found.
 *
 * @param exact no fault: every judged event was counted exactly once
 * @param lines readable lines
 * @param judgedLines lines of judged events
 * @param lastEvent highest judged number, -1 if there is none
 * @param keys keys seen
 * @param lost numbers that are in no line
 * @param firstLost the first few of them
 * @param countedTwice events that the state counts more than once
 * @param wentBack events whose count was in use already
 * @param writtenAgain lines that repeat another one's event and count
 * @param unreadable texts that are no line
 * @param runs the runs in the order of their first line
 * @param gaps the time without output from each run to the next
 */
public record Report(
    boolean exact,
    long lines,
    long judgedLines,
    long lastEvent,
    int keys,
    long lost,
    List<Long> firstLost,
    long countedTwice,
    long wentBack,
    long writtenAgain,
    long unreadable,
    List<Run> runs,
    List<Gap> gaps) {

  static final int EXAMPLES = 5;

  /** The time from one line to the next in a run. */
  public record Silence(long fromAt, long millis) {}

  /**
   * What one run of one version wrote.
   *
   * @param firstAt wall clock of its first line
   * @param lastAt wall clock of its last line
   */
  public record Run(
      String version,
      String run,
      long lines,
      long firstAt,
      long lastAt,
      long firstEvent,
      long lastEvent,
      Silence longestSilence) {

    /** Version and run, shortened for people. */
    public String tag() {
      return version + "/" + (run.length() > 8 ? run.substring(0, 8) : run);
    }
  }

  /**
   * The time from the last line of one run to the first of the next.
   *
   * @param fromAt wall clock of the last line before
   * @param millis below zero if the next run wrote before the earlier one was done
   */
  public record Gap(String from, String to, long fromAt, long millis) {}

  /** The longest gap, 0 if there was one run only. */
  public long longestGapMillis() {
    return gaps.stream().mapToLong(Gap::millis).max().orElse(0);
  }

  /** For people: a few aligned lines. */
  public String toText() {
    List<String> text = new ArrayList<>();
    text.add(row("events", "%,d judged, %,d keys".formatted(lastEvent + 1, keys)));
    text.add(row("lines", "%,d (%,d of judged events)".formatted(lines, judgedLines)));
    text.add(row("lost", "%,d%s".formatted(lost, firstLost.isEmpty() ? "" : " " + examples())));
    text.add(row("counted twice", "%,d".formatted(countedTwice)));
    text.add(row("state went back", "%,d".formatted(wentBack)));
    text.add(row("written again", "%,d".formatted(writtenAgain)));
    text.add(row("unreadable", "%,d".formatted(unreadable)));
    for (Run run : runs) {
      text.add(
          row(
              "run",
              "%-14s %s %,8d lines %9s s, longest silence %,6d ms at %s"
                  .formatted(
                      run.tag(),
                      time(run.firstAt()),
                      run.lines(),
                      "%.1f".formatted((run.lastAt() - run.firstAt()) / 1000.0),
                      run.longestSilence().millis(),
                      time(run.longestSilence().fromAt()))));
    }
    for (Gap gap : gaps) {
      text.add(
          row(
              gap.millis() < 0 ? "overlap" : "gap",
              "%-14s -> %-14s %,6d ms at %s"
                  .formatted(gap.from(), gap.to(), Math.abs(gap.millis()), time(gap.fromAt()))));
    }
    text.add(row("result", lines == 0 ? "NO OUTPUT" : exact ? "exactly once" : "FAULTY"));
    return String.join("\n", text) + "\n";
  }

  private String examples() {
    return firstLost.stream()
        .map(String::valueOf)
        .collect(Collectors.joining(", ", "(", lost > firstLost.size() ? ", ...)" : ")"));
  }

  private static String row(String name, String value) {
    return "%-16s %s".formatted(name, value);
  }

  private static String time(long at) {
    return Instant.ofEpochMilli(at).toString().substring(11, 19);
  }

  /** For programs: one line of JSON. */
  public String toJson() {
    String runsJson =
        runs.stream()
            .map(run ->
                json(
                    "{'version':%s,'run':%s,'lines':%d,'firstAt':%d,'lastAt':%d,"
                        + "'firstEvent':%d,'lastEvent':%d,"
                        + "'longestSilenceMillis':%d,'longestSilenceAt':%d}",
                    quote(run.version()),
                    quote(run.run()),
                    run.lines(),
                    run.firstAt(),
                    run.lastAt(),
                    run.firstEvent(),
                    run.lastEvent(),
                    run.longestSilence().millis(),
                    run.longestSilence().fromAt()))
            .collect(Collectors.joining(","));
    String gapsJson =
        gaps.stream()
            .map(gap ->
                json(
                    "{'from':%s,'to':%s,'fromAt':%d,'millis':%d}",
                    quote(gap.from()), quote(gap.to()), gap.fromAt(), gap.millis()))
            .collect(Collectors.joining(","));
    return json(
        "{'exact':%b,'lines':%d,'judgedLines':%d,'lastEvent':%d,'keys':%d,'lost':%d,"
            + "'firstLost':%s,'countedTwice':%d,'wentBack':%d,'writtenAgain':%d,"
            + "'unreadable':%d,'runs':[%s],'gaps':[%s]}",
        exact,
        lines,
        judgedLines,
        lastEvent,
        keys,
        lost,
        firstLost,
        countedTwice,
        wentBack,
        writtenAgain,
        unreadable,
        runsJson,
        gapsJson);
  }

  private static String json(String template, Object... values) {
    return String.format(Locale.ROOT, template.replace('\'', '"'), values);
  }

  /** Tags have no blanks or control characters (see {@link Line}), but may have quotes. */
  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
