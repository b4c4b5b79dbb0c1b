package com.example;

import io.weakref.collection.WeakSet;

import org.springframework.stereotype.Component;

/**
 * Recipe: tracking live objects.
 */
@Component
class Broadcast {

	private final WeakSet<Connection> connections;

	Broadcast(WeakSet<Connection> connections) {
		this.connections = connections;
	}

	void opened(Connection connection) {
		this.connections.add(connection);
	}

	void send(String message) {
		this.connections.forEach((connection) -> connection.send(message));
	}

}
