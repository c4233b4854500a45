/** From a StreamJob's spec to what is wanted of it: defaults filled in, values parsed, digests. */
package io.streamjob.operator.core.spec;
