package io.streamjob.e2e.job;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Counts the events of each key in keyed state. */
final class KeyedCounter extends KeyedProcessFunction<Long, Long, Counted> {
  private static final long serialVersionUID = 1L;

  private final int stateBytes;
  private transient ValueState<Long> count;
  private transient ValueState<byte[]> padding;

  KeyedCounter(int stateBytes) {
    this.stateBytes = stateBytes;
  }

  @Override
  public void open(OpenContext context) {
    count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
    padding =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "padding", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  @Override
  public void processElement(Long event, Context context, Collector<Counted> out) throws Exception {
    Long before = count.value();
    long now = before == null ? 1 : before + 1;
    count.update(now);
    if (stateBytes > 0 && before == null) {
      padding.update(new byte[stateBytes]);
    }
    out.collect(new Counted(event, context.getCurrentKey(), now, ""));
  }
}
