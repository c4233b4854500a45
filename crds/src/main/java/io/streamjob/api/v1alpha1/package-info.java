/**
 * The API of the project: {@link io.streamjob.api.v1alpha1.StreamJob} and {@link
 * io.streamjob.api.v1alpha1.Savepoint}, as they stand in Kubernetes. The descriptions here are what
 * {@code kubectl explain} shows; the CRD manifests are generated from these types.
 */
package io.streamjob.api.v1alpha1;
