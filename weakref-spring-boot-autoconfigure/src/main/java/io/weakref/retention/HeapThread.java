package io.weakref.retention;

/**
 * A thread of the dumped JVM.
 *
 * @param object the id of its object
 * @param trace the serial number of its stack trace
 */
record HeapThread(long object, int trace) {
}
