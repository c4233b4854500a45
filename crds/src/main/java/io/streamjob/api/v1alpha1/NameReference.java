package io.streamjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** Another object of the same namespace. */
public record NameReference(
    @JsonPropertyDescription("The object's name, in the same namespace.")
        @Required
        @Size(min = 1, max = 253)
        String name) {}
