//! What hub and backend say to each other: frames to facts, calls to frames.
