/**
 * From a revision to its Kubernetes objects. Pure: the same revision always gives the same objects,
 * which the golden files in the tests show.
 */
package io.streamjob.operator.manifest;
