package com.example;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

/**
 * A connection, such as a library may define.
 */
final class Connection {

	private final long id;

	private final List<String> sent = new CopyOnWriteArrayList<>();

	Connection(long id) {
		this.id = id;
	}

	long id() {
		return this.id;
	}

	List<String> sent() {
		return this.sent;
	}

	void send(String message) {
		this.sent.add(message);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Connection that && this.id == that.id;
	}

	@Override
	public int hashCode() {
		return Long.hashCode(this.id);
	}

}
