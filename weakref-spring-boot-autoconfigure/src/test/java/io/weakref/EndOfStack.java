package io.weakref;

/**
 * Lets a call run out of stack at every method call inside it.
 */
public final class EndOfStack {

	/** This many calls have to run out of stack. */
	private static final int OVERFLOWS = 3;

	/** How many sizes of frames there are. */
	public static final int PADDINGS = 3;

	private final Runnable call;

	private final int padding;

	/** How many frames the stack had when it last ended. */
	private int depth;

	private int overflows;

	private EndOfStack(Runnable call, int padding) {
		this.call = call;
		this.padding = padding;
	}

	/**
	 * Fill the stack of the current thread, and make a call at each of the last levels.
	 * It has less stack there than at the level above, and so overflows at another method
	 * call.
	 * @param call the call
	 * @param levels how many levels before the last one the calls begin
	 * @param padding selects the size of the frames, of {@link #PADDINGS}: with another
	 * size, the call overflows at yet other method calls
	 */
	public static void meet(Runnable call, int levels, int padding) {
		EndOfStack end = new EndOfStack(call, padding);
		// Repeated if the frames were compiled in the meantime, and so have other sizes.
		while (end.overflows < OVERFLOWS) {
			end.fill(Integer.MAX_VALUE);
			end.fill(end.depth - levels);
		}
	}

	private void fill(int quiet) {
		try {
			descend(0, quiet);
		}
		catch (StackOverflowError expected) {
			// This is the purpose of the test.
		}
	}

	private int descend(int depth, int quiet) {
		this.depth = depth;
		if (depth > quiet) {
			try {
				this.call.run();
			}
			catch (StackOverflowError expected) {
				this.overflows++;
			}
			catch (InternalError ex) {
				// The JDK's reflection wraps the error.
				if (!(ex.getCause() instanceof StackOverflowError)) {
					throw ex;
				}
				this.overflows++;
			}
		}
		return switch (this.padding) {
			case 0 -> descend(depth + 1, quiet) + 1;
			case 1 -> deeper(depth, quiet, 1L, 2L) + 2;
			default -> deepest(depth, quiet, 1L, 2L, 3L, 4L, 5L) + 3;
		};
	}

	private int deeper(int depth, int quiet, long first, long second) {
		return descend(depth + 1, quiet) + (int) (first + second);
	}

	private int deepest(int depth, int quiet, long a, long b, long c, long d, long e) {
		return descend(depth + 1, quiet) + (int) (a + b + c + d + e);
	}

}
