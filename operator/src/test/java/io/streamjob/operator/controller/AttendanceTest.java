package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.ResourceOperations;
import io.streamjob.api.v1alpha1.StreamJob;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class AttendanceTest {

  private final List<String> released = new ArrayList<>();

  /** A context of which only the operations are asked for. */
  @SuppressWarnings("unchecked")
  private Context<StreamJob> context(StreamJob job) {
    var operations =
        new ResourceOperations<StreamJob>(null) {
          @Override
          public StreamJob removeFinalizer() {
            released.add(job.getMetadata().getName());
            return job;
          }
        };
    return (Context<StreamJob>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> operations);
  }

  @Test
  void takesTheFinalizerItselfSoThatTheNameIsNotTakenForDone() {
    StreamJob job = Scene.job("image: example/orders:1");
    job.getMetadata().setUid("one");
    var attendance =
        new Attendance<StreamJob>(
            new Wakeups(), new Scene.Hands(), UnaryOperator.identity(), uid -> {});
    DeleteControl control = attendance.release(job, context(job));
    assertThat(released).containsExactly(job.getMetadata().getName());
    assertThat(control.isRemoveFinalizer()).isFalse();
    assertThat(control.getScheduleDelay()).isPresent();
  }
}
