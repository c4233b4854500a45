package io.streamjob.e2e.job;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The numbers 0, 1, 2, … at a fixed rate, without holes whatever the parallelism is: there is one
 * split, so one reader emits and the others wait. The next number is kept in the split's state.
 */
public final class NumberSource
    implements Source<Long, NumberSource.Split, Collection<NumberSource.Split>> {

  private static final long serialVersionUID = 1L;

  private final double rate;
  private final long count;

  /** Numbers below count, rate of them a second. */
  public NumberSource(double rate, long count) {
    this.rate = rate;
    this.count = count;
  }

  /** The only split: the number that comes next. */
  public record Split(long next) implements SourceSplit {
    @Override
    public String splitId() {
      return "numbers";
    }
  }

  @Override
  public Boundedness getBoundedness() {
    return bounded() ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<Long, Split> createReader(SourceReaderContext context) {
    return new NumberReader(rate, count);
  }

  @Override
  public SplitEnumerator<Split, Collection<Split>> createEnumerator(
      SplitEnumeratorContext<Split> context) {
    return new Enumerator(context, List.of(new Split(0)), bounded());
  }

  @Override
  public SplitEnumerator<Split, Collection<Split>> restoreEnumerator(
      SplitEnumeratorContext<Split> context, Collection<Split> unassigned) {
    return new Enumerator(context, unassigned, bounded());
  }

  @Override
  public SimpleVersionedSerializer<Split> getSplitSerializer() {
    return new SplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<Collection<Split>> getEnumeratorCheckpointSerializer() {
    return new UnassignedSerializer();
  }

  private boolean bounded() {
    return count != Long.MAX_VALUE;
  }

  private static final class Enumerator implements SplitEnumerator<Split, Collection<Split>> {
    private final SplitEnumeratorContext<Split> context;
    private final Queue<Split> unassigned;
    private final boolean bounded;

    Enumerator(SplitEnumeratorContext<Split> context, Collection<Split> splits, boolean bounded) {
      this.context = context;
      this.unassigned = new ArrayDeque<>(splits);
      this.bounded = bounded;
    }

    @Override
    public void start() {}

    @Override
    public void addReader(int subtask) {
      while (!unassigned.isEmpty()) {
        context.assignSplit(unassigned.remove(), subtask);
      }
      if (bounded) {
        context.signalNoMoreSplits(subtask);
      }
    }

    @Override
    public void addSplitsBack(List<Split> splits, int subtask) {
      unassigned.addAll(splits);
    }

    @Override
    public void handleSplitRequest(int subtask, String host) {
      throw new UnsupportedOperationException("readers do not ask for splits");
    }

    @Override
    public Collection<Split> snapshotState(long checkpointId) {
      return List.copyOf(unassigned);
    }

    @Override
    public void close() {}
  }

  private static final class SplitSerializer implements SimpleVersionedSerializer<Split> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Split split) {
      return ByteBuffer.allocate(Long.BYTES).putLong(split.next()).array();
    }

    @Override
    public Split deserialize(int version, byte[] bytes) {
      return new Split(ByteBuffer.wrap(bytes).getLong());
    }
  }

  private static final class UnassignedSerializer
      implements SimpleVersionedSerializer<Collection<Split>> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Collection<Split> splits) {
      ByteBuffer bytes = ByteBuffer.allocate(splits.size() * Long.BYTES);
      splits.forEach(split -> bytes.putLong(split.next()));
      return bytes.array();
    }

    @Override
    public Collection<Split> deserialize(int version, byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      Queue<Split> splits = new ArrayDeque<>();
      while (buffer.hasRemaining()) {
        splits.add(new Split(buffer.getLong()));
      }
      return splits;
    }
  }
}
