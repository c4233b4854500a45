package io.streamjob.e2e.job;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The counter of {@link Misbehaviour#CHANGED_TYPE}: the state has the name that {@link
 * KeyedCounter} gave it and another type, so Flink cannot restore it.
 */
final class TextCounter extends KeyedProcessFunction<Long, Long, Counted> {
  private static final long serialVersionUID = 1L;

  private transient ValueState<String> count;

  @Override
  public void open(OpenContext context) {
    count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.STRING));
  }

  @Override
  public void processElement(Long event, Context context, Collector<Counted> out) throws Exception {
    String before = count.value();
    long now = before == null ? 1 : Long.parseLong(before) + 1;
    count.update(Long.toString(now));
    out.collect(new Counted(event, context.getCurrentKey(), now, ""));
  }
}
