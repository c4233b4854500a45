package io.streamjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** One condition, as the Kubernetes API conventions define it. */
public record Condition(
    @JsonPropertyDescription("What the condition is about.") @Required @Size(max = 64) String type,
    @JsonPropertyDescription("True, False or Unknown.") @Required Status status,
    @JsonPropertyDescription("The cause as one word, for programs.") @Required @Size(max = 64)
        String reason,
    @JsonPropertyDescription("The cause as a sentence, and what to do about it.")
        @Required
        @Size(max = 2048)
        String message,
    @JsonPropertyDescription("When status last changed, as an RFC 3339 time.")
        @Required
        @Size(max = 40)
        String lastTransitionTime,
    @JsonPropertyDescription("The generation of the spec that the condition speaks of.")
        Long observedGeneration) {

  /** The three values of a condition. */
  public enum Status {
    True,
    False,
    Unknown
  }
}
