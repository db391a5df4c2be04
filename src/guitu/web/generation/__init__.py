"""The generator of fictional provinces: specimens walked through operations, then as many people by COPY as asked."""
