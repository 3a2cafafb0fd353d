// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISetChanges} from "../../../contracts/interfaces/ISetChanges.sol";
import {SetChanges} from "../../../contracts/operators/SetChanges.sol";
import {Epoch} from "../../../contracts/libraries/Units.sol";
import {Test} from "../support/Test.sol";
import {wiringOf} from "../support/WiringOf.sol";
import {SimulatedNeighbours} from "./SimulatedNeighbours.sol";

/// @dev SetChanges among simulated neighbours, and signatures of the seats of set 1.
abstract contract Signing is Test {
    uint256 internal constant SET = 1;
    uint64 internal constant EPOCH_SECONDS = 12 * 32;
    uint8 internal constant ALL = 0x7f;
    uint8 internal constant FIRST_FOUR = 0x0f;

    SimulatedNeighbours public immutable NEIGHBOURS;
    SetChanges public immutable CHANGES;

    constructor() {
        NEIGHBOURS = new SimulatedNeighbours();
        CHANGES = new SetChanges(wiringOf(address(NEIGHBOURS), 1 days));
        _moveTo(1000);
    }

    function _moveTo(uint64 epoch) internal {
        vm.warp(uint256(epoch) * EPOCH_SECONDS);
        vm.roll(uint256(epoch) * 32);
    }

    function _present() internal view returns (uint64) {
        return uint64(block.timestamp / EPOCH_SECONDS);
    }

    function _statement(
        ISetChanges.ChangeKind kind,
        uint8 seats,
        uint64 includeBy
    ) internal view returns (ISetChanges.Statement memory) {
        ISetChanges.Configuration memory present = CHANGES.current(SET);
        bool reshared = kind == ISetChanges.ChangeKind.Rotation || kind == ISetChanges.ChangeKind.Refresh;
        uint64 generation = reshared ? CHANGES.resharing(SET).generation : present.generation;
        return ISetChanges.Statement(SET, present.number, kind, seats, generation, Epoch.wrap(includeBy));
    }

    /// @dev Signatures of the present members in `signers`, in the order of seats.
    function _sign(bytes32 digest, uint8 signers) internal view returns (bytes[] memory signatures) {
        uint256[7] memory operatorIds = NEIGHBOURS.members();
        uint256 count;
        for (uint256 seat = 0; seat < 7; seat++) {
            if ((signers >> seat) & 1 == 1) count++;
        }
        signatures = new bytes[](count);
        uint256 next;
        for (uint256 seat = 0; seat < 7; seat++) {
            if ((signers >> seat) & 1 == 1) signatures[next++] = _signAs(operatorIds[seat], digest);
        }
    }

    function _signAs(uint256 operatorId, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(1000 + operatorId, digest);
        return abi.encodePacked(r, s, v);
    }

    function _accept(ISetChanges.Statement memory statement, uint8 signers) internal {
        CHANGES.acceptChange(statement, signers, _sign(CHANGES.statementDigest(statement), signers));
    }

    /// @dev The node key of the operator signs the hash of the block before this one.
    function _postAlive(uint256 operatorId) internal {
        uint256 number = block.number - 1;
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Septet"),
                keccak256("1"),
                block.chainid,
                address(CHANGES)
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Alive(uint256 operatorId,uint256 blockNumber,bytes32 blockHash)"),
                operatorId,
                number,
                blockhash(number)
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, structHash));
        CHANGES.alive(operatorId, number, blockhash(number), _signAs(operatorId, digest));
    }
}
