/** Reads the world, out of caches, for one pass. */
package io.streamjob.operator.observe;
