package io.weakref.benchmark;

/**
 * What a main class needs that measures figures and is run by a {@link Group}.
 */
public final class Figures {

	static final String SMOKE = "weakref.benchmark.smoke";

	static final String PREFIX = "figure\t";

	private Figures() {
	}

	/**
	 * Report a figure.
	 * @param row the row of the table, with its unit
	 * @param column the contender
	 * @param value the figure
	 */
	public static void print(String row, String column, double value) {
		System.out.println(PREFIX + row + "\t" + column + "\t" + value);
	}

	/**
	 * How many times to repeat something.
	 * @param count how many times for a result
	 * @return the count, or 1 if this run only shows whether everything runs
	 */
	public static int repeats(int count) {
		return isSmoke() ? 1 : count;
	}

	/**
	 * Whether this run only shows whether everything runs.
	 * @return true if no result is wanted
	 */
	public static boolean isSmoke() {
		return Boolean.getBoolean(SMOKE);
	}

	/**
	 * Make keys of several types.
	 * @param size how many
	 * @return the keys
	 */
	public static Object[] keys(int size) {
		return Keys.shuffled(size, 0);
	}

	/**
	 * Make values.
	 * @param count how many
	 * @return the values
	 */
	public static Object[] objects(int count) {
		return Suite.objects(count);
	}

}
