package io.weakref.cleaner;

/**
 * Holds objects for a while after their last use. While it holds something, the drain
 * thread of its {@link WeakCleaner} has it let go of what is due. For the library's own
 * collections. No method runs user code.
 */
public interface Holder {

	/**
	 * Let go of some of what was not used for long enough. Called on one thread.
	 * @return how long to wait before the next call, in nanoseconds: 0 to be called again
	 * as soon as others have had their turn, {@link Long#MAX_VALUE} if nothing is held,
	 * so that it is not called any more
	 */
	long letGo();

	/**
	 * Let go of everything.
	 */
	void letGoAll();

}
