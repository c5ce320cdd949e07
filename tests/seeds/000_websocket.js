const socket = new WebSocket("ws://localhost:8000/ws/chat/");

socket.onopen = function(event) {
    console.log("WebSocket 연결 성공");
    socket.send(JSON.stringify({"message": "안녕하세요"}));
};

socket.onmessage = function(event) {
    console.log("서버로부터 받은 메시지: ", event.data);
};

socket.onclose = function(event) {
    console.log("WebSocket 연결 종료");
};
