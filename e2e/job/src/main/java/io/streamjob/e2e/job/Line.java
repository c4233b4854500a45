package io.streamjob.e2e.job;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of the sample job's output, written and read here only.
 *
 * <pre>
 * at=1763682305123 event=1234 key=34 count=13 version=v1 run=6d1c… subtask=0
 * </pre>
 *
 * @param at wall clock of the TaskManager's host, in ms since the epoch, at the moment the record
 *     reached the sink. Neither the time of the event nor the time the line became visible: the
 *     object that holds the line is written up to one roll interval later.
 * @param event number of the event; the source numbers from 0 without holes
 * @param key key the event was counted under
 * @param count how many events of this key the job had counted, this one included
 * @param version version of the job's code
 * @param run tag of the run, the Flink job id unless {@code --run} says otherwise
 * @param subtask index of the sink's subtask
 * @param note what the operators of later versions add; empty in v1
 */
public record Line(
    long at,
    long event,
    long key,
    long count,
    String version,
    String run,
    int subtask,
    String note) {

  private static final Pattern FORMAT =
      Pattern.compile(
          "at=(\\d{13}) event=(\\d{1,18}) key=(\\d{1,18}) count=(\\d{1,18}) version=(\\S+)"
              + " run=(\\S+) subtask=(\\d{1,9})(?: note=(\\S+))?");

  /** Reads a line; empty if it is none, for example because it was cut off. */
  public static Optional<Line> parse(String text) {
    Matcher m = FORMAT.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new Line(
            Long.parseLong(m.group(1)),
            Long.parseLong(m.group(2)),
            Long.parseLong(m.group(3)),
            Long.parseLong(m.group(4)),
            m.group(5),
            m.group(6),
            Integer.parseInt(m.group(7)),
            m.group(8) == null ? "" : m.group(8)));
  }

  @Override
  public String toString() {
    String text =
        "at=%d event=%d key=%d count=%d version=%s run=%s subtask=%d"
            .formatted(at, event, key, count, version, run, subtask);
    return note.isEmpty() ? text : text + " note=" + note;
  }
}
